import { describe, expect, it } from 'vitest';
import { cutToBytes, microTime, type EventInput } from '../../src/kubernetes/event-body.ts';
import { Connection } from '../../src/kubernetes/connection.ts';
import { fixedEndpoint } from '../../src/kubernetes/endpoint.ts';
import { EventWriter, type EventWriterOptions } from '../../src/kubernetes/event-writer.ts';
import { FakeApiServer, refuse } from './fake-apiserver.ts';

const POD = { namespace: 'dns', name: 'routeflare-0', uid: 'pod-uid' };
const SOURCE = { kind: 'HTTPRoute', namespace: 'default', name: 'app', uid: 'uid-1' } as const;

function told(note: string, more: Partial<EventInput> = {}): EventInput {
  return { reason: 'RecordCreated', type: 'Normal', note, action: 'Create', regarding: SOURCE, ...more };
}

async function withWriter(
  test: (writer: EventWriter, server: FakeApiServer) => Promise<void>,
  options: Partial<EventWriterOptions> = {},
): Promise<void> {
  await using server = new FakeApiServer();
  await server.listen();
  using connection = new Connection(fixedEndpoint(server.url));
  let chance = 0;
  await using writer = new EventWriter({
    connection,
    now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6),
    random: () => (chance += 0.001),
    pod: POD,
    retryMs: 1,
    ...options,
  });
  await test(writer, server);
}

describe('an Event', () => {
  it('has the form of events.k8s.io/v1', async () => {
    await withWriter(async (writer, server) => {
      writer.record(told('a.example.com A 203.0.113.7'));
      await writer.flushed();
      expect(server.calls[0]).toMatchObject({
        method: 'POST',
        path: '/apis/events.k8s.io/v1/namespaces/default/events',
        contentType: 'application/json',
      });
      expect([...server.events.values()]).toEqual([
        {
          apiVersion: 'events.k8s.io/v1',
          kind: 'Event',
          metadata: { name: expect.stringMatching(/^app\.[0-9a-f]+$/), namespace: 'default' },
          eventTime: '2026-01-02T03:04:05.006000Z',
          reportingController: 'routeflare',
          reportingInstance: 'routeflare-0',
          action: 'Create',
          reason: 'RecordCreated',
          type: 'Normal',
          note: 'a.example.com A 203.0.113.7',
          regarding: { apiVersion: 'gateway.networking.k8s.io/v1', ...SOURCE },
        },
      ]);
    });
  });

  it('that happens again is one with a count', async () => {
    await withWriter(async (writer, server) => {
      for (let time = 0; time < 3; time += 1) {
        writer.record(told('the same'));
        await writer.flushed();
      }
      writer.record(told('another'));
      await writer.flushed();
      const [first, second] = [...server.events.values()];
      expect(server.events.size).toBe(2);
      expect(first).toMatchObject({
        series: { count: 3, lastObservedTime: '2026-01-02T03:04:05.006000Z' },
      });
      expect(second).not.toHaveProperty('series');
      expect(server.callsOf('patch', '').length + server.calls.length).toBe(4);
      expect(server.calls[1]?.contentType).toBe('application/merge-patch+json');
    });
  });

  it('is written anew after an hour, or when the server forgot it', async () => {
    let time = Date.UTC(2026, 0, 1);
    await withWriter(
      async (writer, server) => {
        const again = async (): Promise<void> => {
          writer.record(told('the same'));
          await writer.flushed();
        };
        await again();
        time += 3_600_001;
        await again();
        expect(server.events.size).toBe(2);
        server.events.clear();
        await again();
        expect([...server.events.values()]).toMatchObject([{ regarding: SOURCE }]);
      },
      { now: () => time },
    );
  });

  it('without a source goes on the Pod, and nowhere when there is none', async () => {
    const { regarding: _, ...onPod } = told('for the operator');
    await withWriter(async (writer, server) => {
      writer.record(onPod);
      await writer.flushed();
      expect([...server.events.values()][0]).toMatchObject({
        regarding: { apiVersion: 'v1', kind: 'Pod', ...POD },
      });
    });
    await using server = new FakeApiServer();
    await server.listen();
    using connection = new Connection(fixedEndpoint(server.url));
    await using writer = new EventWriter({ connection, now: Date.now, random: Math.random });
    writer.record(onPod);
    await writer.flushed();
    expect(server.calls).toEqual([]);
  });

  it('on a source whose Namespace is going is told on the Pod, and is no missing right', async () => {
    await withWriter(async (writer, server) => {
      server.fault = (call, response) => {
        if (call.path.includes('/dns/')) return false;
        refuse(
          response,
          403,
          'unable to create new content in namespace default because it is being terminated',
        );
        return true;
      };
      writer.record(told('deleted'));
      await writer.flushed();
      expect([...server.events.values()]).toMatchObject([
        { regarding: { kind: 'Pod' }, note: 'HTTPRoute/default/app: deleted' },
      ]);
      expect(writer.problems()).toEqual([]);
    });
  });
});

describe('the writer', () => {
  it('does not flood one object: a burst, then one each five seconds; others are not held back', async () => {
    let time = 0;
    await withWriter(
      async (writer, server) => {
        for (let index = 0; index < 40; index += 1) writer.record(told(`note ${index}`));
        writer.record(told('other', { regarding: { ...SOURCE, name: 'other' } }));
        await writer.flushed();
        expect(server.events.size).toBe(26);
        expect(writer.dropped).toBe(15);
        time += 10_000;
        for (let index = 0; index < 5; index += 1) writer.record(told(`later ${index}`));
        await writer.flushed();
        expect(server.events.size).toBe(28);
      },
      { now: () => time },
    );
  });

  it('tries again what passes, and gives up after three times', async () => {
    await withWriter(async (writer, server) => {
      let left = 2;
      server.fault = (_, response) => {
        if (left-- <= 0) return false;
        refuse(response, 503, 'later');
        return true;
      };
      writer.record(told('first'));
      await writer.flushed();
      expect(server.events.size).toBe(1);
      left = 3;
      writer.record(told('second'));
      await writer.flushed();
      expect(server.events.size).toBe(1);
      expect(writer.dropped).toBe(1);
    });
  });

  it('says that the right is missing, until it is there', async () => {
    await withWriter(async (writer, server) => {
      server.fault = (_, response) => {
        refuse(response, 403, 'events is forbidden');
        return true;
      };
      writer.record(told('first'));
      writer.record(told('second'));
      await writer.flushed();
      expect(writer.problems()).toHaveLength(1);
      expect(writer.problems()[0]?.message).toContain('create and patch on events.events.k8s.io');
      server.fault = undefined;
      writer.record(told('third'));
      await writer.flushed();
      expect(writer.problems()).toEqual([]);
    });
  });

  it('writes nothing more once it is disposed of', async () => {
    await withWriter(async (writer, server) => {
      await writer[Symbol.asyncDispose]();
      writer.record(told('late'));
      await writer.flushed();
      expect(server.calls).toEqual([]);
    });
  });
});

describe('limits of the API', () => {
  it('times have six fraction digits', () => {
    expect(microTime(0)).toBe('1970-01-01T00:00:00.000000Z');
  });

  it.each(['x'.repeat(1025), 'é'.repeat(600), '😀'.repeat(300)])(
    'a note is cut at 1,024 bytes (%#)',
    (note) => {
      const cut = cutToBytes(note, 1024);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(1024);
      expect(Buffer.byteLength(cut)).toBeGreaterThan(1000);
      expect(cut).not.toContain('\uFFFD');
      expect(cut.endsWith('…')).toBe(true);
    },
  );
});
