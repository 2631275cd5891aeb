import { describe, expect, it } from 'vitest';
import { answer, expired, refuse, type Fault } from './fake-apiserver.ts';
import { route, runCluster, tick, until } from './cluster-fixture.ts';

const isWatch = (path: string, verb: string): boolean => verb === 'watch' && path.endsWith('/httproutes');

/** Every fault below is followed by this: what changes afterwards arrives, and one watch is open. */
async function recovers(running: Awaited<ReturnType<typeof runCluster>>): Promise<void> {
  running.server.put('httproutes', route('after'));
  await until(() => running.routes().objects.has('default/after'));
  await until(() => running.server.callsOf('watch', 'httproutes').length > 0);
  expect(running.routes().trust.kind).toBe('current');
  // One for the routes, one for the Gateways.
  await until(() => running.server.openWatches === 2);
}

describe('a watch', () => {
  it('mirrors what is added, changed and deleted', async () => {
    await using running = await runCluster((server) => server.put('httproutes', route('a')));
    await until(() => running.cluster.synced());
    expect([...running.routes().objects.keys()]).toEqual(['default/a']);
    running.server.put('httproutes', route('a', { hostnames: ['new.example.com'] }));
    await until(() => running.routes().objects.get('default/a')?.hostnames[0] === 'new.example.com');
    running.server.delete('httproutes', 'default', 'a');
    await until(() => !running.routes().present('default/a'));
    await recovers(running);
  });

  it('asks for bookmarks and its own end within five minutes, from where the list stood', async () => {
    await using running = await runCluster((server) => server.put('httproutes', route('a')));
    await until(() => running.server.openWatches === 2);
    const [watch] = running.server.callsOf('watch', 'httproutes');
    expect(watch?.query.get('allowWatchBookmarks')).toBe('true');
    expect(watch?.query.get('resourceVersion')).toBe(String(running.server.version));
    expect(watch?.query.get('timeoutSeconds')).toBe('270');
  });

  it('goes on from the last bookmark after the server ended it in order', async () => {
    await using running = await runCluster((server) => server.put('httproutes', route('a')));
    await until(() => running.server.openWatches === 2);
    running.server.put('gateways', { metadata: { name: 'edge', namespace: 'infra' }, spec: {} });
    running.server.bookmark('httproutes');
    await tick(10);
    running.server.cut('httproutes', 'end');
    await until(() => running.server.callsOf('watch', 'httproutes').length === 2);
    const again = running.server.callsOf('watch', 'httproutes')[1];
    expect(again?.query.get('resourceVersion')).toBe(String(running.server.version));
    expect(running.server.callsOf('list', 'httproutes')).toHaveLength(1);
    await recovers(running);
  });

  it('resumes without a list after a reset, and misses nothing in between', async () => {
    await using running = await runCluster((server) => server.put('httproutes', route('a')));
    await until(() => running.server.openWatches === 2);
    running.server.cut('httproutes', 'reset');
    running.server.put('httproutes', route('b'));
    await until(() => running.routes().objects.has('default/b'));
    expect(running.server.callsOf('list', 'httproutes')).toHaveLength(1);
    await recovers(running);
  });

  it('breaks off at a line that is not JSON and takes up what followed', async () => {
    await using running = await runCluster((server) => server.put('httproutes', route('a')));
    await until(() => running.server.openWatches === 2);
    running.server.say('httproutes', '{"type":"MODIFIED","object":{"metada\n');
    await recovers(running);
    expect(running.server.callsOf('watch', 'httproutes').length).toBeGreaterThan(1);
  });

  it('lists anew when the same place of the stream stays unreadable', async () => {
    await using running = await runCluster((server) => server.put('httproutes', route('a')));
    await until(() => running.server.openWatches === 2);
    const garbage: Fault = (call, response) => {
      if (!isWatch(call.path, call.verb)) return false;
      response.end('garbage\n');
      return true;
    };
    running.server.fault = garbage;
    running.server.cut('httproutes', 'reset');
    await until(() => running.server.callsOf('list', 'httproutes').length > 1);
    expect(running.server.callsOf('watch', 'httproutes').length).toBeGreaterThan(3);
    running.server.fault = undefined;
    await recovers(running);
  });

  it('is given up after a silence, counted in bytes and not in events', async () => {
    await using running = await runCluster((server) => server.put('httproutes', route('a')), {
      timings: { idleMs: 150 },
    });
    await until(() => running.server.openWatches === 2);
    for (let beat = 0; beat < 8; beat += 1) {
      running.server.bookmark('httproutes');
      await tick(40);
    }
    expect(running.server.callsOf('watch', 'httproutes')).toHaveLength(1);
    await until(() => running.server.callsOf('watch', 'httproutes').length > 1);
    await recovers(running);
  });

  it('survives a server that accepts and never answers', async () => {
    await using running = await runCluster((server) => server.put('httproutes', route('a')), {
      timings: { headerTimeoutMs: 50 },
    });
    await until(() => running.server.openWatches === 2);
    let silenced = 0;
    running.server.fault = (call) => isWatch(call.path, call.verb) && silenced++ < 2;
    running.server.cut('httproutes', 'reset');
    await until(() => silenced >= 3);
    expect(running.server.callsOf('list', 'httproutes')).toHaveLength(1);
    await recovers(running);
  });

  it.each([
    ['as an ERROR event', undefined],
    [
      'as an HTTP status',
      (call, response) => {
        if (!isWatch(call.path, call.verb) || Number(call.query.get('resourceVersion')) > 110) return false;
        answer(response, 410, expired());
        return true;
      },
    ],
  ] satisfies [string, Fault | undefined][])(
    'lists anew after a 410 %s, and notices what went meanwhile',
    async (_, fault) => {
      await using running = await runCluster((server) => {
        server.put('httproutes', route('gone'));
        server.put('httproutes', route('stays'));
      });
      await until(() => running.server.openWatches === 2);
      running.server.fault = (call, response) => {
        if (!isWatch(call.path, call.verb)) return fault?.(call, response) ?? false;
        running.server.fault = fault;
        running.server.delete('httproutes', 'default', 'gone');
        for (let filler = 0; filler < 12; filler += 1) running.server.put('gateways', anyGateway(filler));
        running.server.compact();
        return fault?.(call, response) ?? false;
      };
      running.server.cut('httproutes', 'reset');
      await until(() => !running.routes().present('default/gone'));
      expect(running.routes().present('default/stays')).toBe(true);
      running.server.fault = undefined;
      await recovers(running);
    },
  );

  it('starts the list anew when a page token expired (410)', async () => {
    let refused = 0;
    await using running = await runCluster((server) => {
      for (const name of ['a', 'b', 'c', 'd', 'e']) server.put('httproutes', route(name));
      server.fault = (call, response) => {
        if (!call.query.has('continue') || refused++ > 0) return false;
        answer(response, 410, expired());
        return true;
      };
    });
    await until(() => running.cluster.synced());
    expect([...running.routes().objects.keys()].sort()).toEqual(
      ['a', 'b', 'c', 'd', 'e'].map((name) => `default/${name}`),
    );
    expect(refused).toBeGreaterThan(0);
    await recovers(running);
  });

  it('lists anew when a restored server does not know a version yet', async () => {
    await using running = await runCluster((server) => server.put('httproutes', route('a')));
    await until(() => running.server.openWatches === 2);
    let refused = 0;
    running.server.fault = (call, response) => {
      if (!isWatch(call.path, call.verb) || refused++ > 0) return false;
      const details = { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large' }] };
      answer(response, 504, { kind: 'Status', code: 504, reason: 'Timeout', message: 'Timeout', details });
      return true;
    };
    running.server.cut('httproutes', 'reset');
    await until(() => running.server.callsOf('list', 'httproutes').length === 2);
    expect(running.routes().objects.size).toBe(1);
    await recovers(running);
  });

  it.each([500, 503, 429])('retries after HTTP %d without losing its place', async (status) => {
    await using running = await runCluster((server) => server.put('httproutes', route('a')));
    await until(() => running.server.openWatches === 2);
    let refused = 0;
    running.server.fault = (call, response) => {
      if (!isWatch(call.path, call.verb) || refused++ > 2) return false;
      refuse(response, status, 'later');
      return true;
    };
    running.server.cut('httproutes', 'reset');
    running.server.put('httproutes', route('meanwhile'));
    await until(() => running.routes().objects.has('default/meanwhile'));
    expect(running.server.callsOf('list', 'httproutes')).toHaveLength(1);
    await recovers(running);
  });

  it('waits as long as Retry-After says', async () => {
    const waits: number[] = [];
    await using running = await runCluster(
      (server) => {
        server.fault = (call, response) => {
          if (waits.length > 0 || !call.path.endsWith('/httproutes')) return false;
          response.setHeader('retry-after', '0.1');
          refuse(response, 429, 'slow down');
          return true;
        };
      },
      { onTrouble: ({ kind, retryInMs }) => void (kind === 'HTTPRoute' && waits.push(retryInMs)) },
    );
    await until(() => running.cluster.synced());
    expect(waits).toEqual([100]);
  });

  it('keeps what it knew while the server is away, and catches up when it is back', async () => {
    await using running = await runCluster((server) => server.put('httproutes', route('a')));
    await until(() => running.server.openWatches === 2);
    const { port } = running.server;
    await running.server.close();
    running.server.put('httproutes', route('b'));
    await tick(60);
    expect(running.routes().objects.has('default/a')).toBe(true);
    await running.server.listen(port);
    await until(() => running.routes().objects.has('default/b'));
    await recovers(running);
  });

  it('goes on when the one who is told throws', async () => {
    const faults: unknown[] = [];
    await using running = await runCluster((server) => server.put('httproutes', route('a')), {
      onChange: () => {
        throw new Error('a fault of the caller');
      },
      onFault: (cause) => faults.push(cause),
    });
    await until(() => faults.length > 0);
    await recovers(running);
    expect(running.server.callsOf('watch', 'httproutes')).toHaveLength(1);
  });

  it('is renewed by a list at its age limit, without telling of what did not change', async () => {
    let time = 1_000_000;
    await using running = await runCluster((server) => server.put('httproutes', route('a')), {
      now: () => time,
      timings: { relistMs: [1000, 1000] },
      staleAfterMs: 100_000,
    });
    await until(() => running.server.openWatches === 2);
    const told = running.changes();
    time += 2000;
    running.server.cut('httproutes', 'end');
    await until(() => running.server.callsOf('watch', 'httproutes').length === 2);
    expect(running.server.callsOf('list', 'httproutes')).toHaveLength(2);
    expect(running.changes()).toBe(told);
    await recovers(running);
  });

  it('leaves nothing open after it was stopped, in the middle of whatever it did', async () => {
    const running = await runCluster((server) => {
      for (const name of ['a', 'b', 'c']) server.put('httproutes', route(name));
    });
    await running.cluster[Symbol.asyncDispose]();
    await until(() => running.server.openWatches === 0);
    const calls = running.server.calls.length;
    running.server.put('httproutes', route('late'));
    await tick(50);
    expect(running.server.calls).toHaveLength(calls);
    await running[Symbol.asyncDispose]();
  });
});

function anyGateway(index: number): { metadata: { name: string; namespace: string } } {
  return { metadata: { name: `filler-${index}`, namespace: 'infra' } };
}
