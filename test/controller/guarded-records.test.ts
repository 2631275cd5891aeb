import { describe, expect, test } from 'vitest';
import type { Circuit } from '../../src/controller/circuit.ts';
import { GuardedRecords } from '../../src/controller/guarded-records.ts';
import type { ApiProblemKind } from '../../src/domain/write.ts';
import { record, SUBZONE, ZONE } from '../plan/fixture.ts';
import { FakeWorld } from './fake-world.ts';

/** Cloudflare behind its circuit, with a clock that the test sets and answers that it chooses. */
class Guarded {
  readonly fake = new FakeWorld([record('r1', '192.0.2.1')]);
  readonly records: GuardedRecords;
  readonly told: Pick<Circuit, 'verdict' | 'probeAt'>[] = [];
  answer: (call: string) => ApiProblemKind | undefined = () => undefined;
  at = 0;

  constructor() {
    this.fake.fault = (call) => {
      const kind = this.answer(call);
      return kind === undefined ? undefined : { kind };
    };
    this.records = new GuardedRecords(this.fake.world.records, {
      now: () => this.at,
      onChange: ({ verdict, probeAt }) => this.told.push({ verdict, probeAt }),
    });
  }

  get calls(): number {
    return this.fake.takeCalls().length;
  }

  list(zone = ZONE) {
    return this.records.listZone(zone);
  }

  write(zone = ZONE) {
    return this.records.batch(zone, [{ kind: 'update', id: 'r1', content: '192.0.2.2' }], () => undefined);
  }

  /** Refused until nothing is asked any more. */
  async open(): Promise<void> {
    this.answer = () => 'token-refused';
    for (let n = 0; n < 3; n += 1) await this.list();
    if (this.calls !== 3) throw new Error('it opens after another number of refusals');
  }
}

describe('the circuit', () => {
  test('opens after three refusals in a row: then nothing is asked, and the answer says until when', async () => {
    const it = new Guarded();
    await it.open();
    for (let n = 0; n < 50; n += 1) {
      expect(await it.list()).toMatchObject({ ok: false, problem: { kind: 'token-refused' } });
      expect(await it.write()).toMatchObject({ problem: { kind: 'token-refused', retryAfterMs: 5_000 } });
      expect(await it.records.zones()).toMatchObject({ problem: { kind: 'token-refused' } });
    }
    expect(it.calls).toBe(0);
  });

  test('lets one probe through after each pause, which grow to five minutes', async () => {
    const it = new Guarded();
    await it.open();
    const probes: number[] = [];
    for (it.at = 0; it.at < 3_600_000; it.at += 1_000) {
      await it.write();
      await Promise.all([it.records.zones(), it.list(), it.list(SUBZONE)]);
      if (it.calls > 0) probes.push(it.at);
    }
    const pauses = probes.map((at, index) => at - (probes[index - 1] ?? 0));
    expect(pauses.slice(0, 7)).toEqual([5, 10, 20, 40, 80, 160, 300].map((seconds) => seconds * 1_000));
    expect(new Set(pauses.slice(7))).toEqual(new Set([300_000]));
  });

  test('closes by itself when a probe is taken', async () => {
    const it = new Guarded();
    await it.open();
    it.answer = () => undefined;
    it.at = 5_000;
    expect(await it.records.zones()).toMatchObject({ ok: true });
    expect(await it.write()).toMatchObject({ ok: true });
    expect(it.told.map(({ verdict }) => verdict)).toEqual(['refused', 'refused', 'refused', 'accepted']);
    expect(it.told.at(-1)?.probeAt).toBeUndefined();
  });

  test('tries a token that was replaced at once', async () => {
    const it = new Guarded();
    await it.open();
    it.answer = () => undefined;
    it.records.tokenRenewed();
    expect(await it.records.zones()).toMatchObject({ ok: true });
  });

  test('pauses longer each time when reads are taken and writes are not', async () => {
    const it = new Guarded();
    it.answer = (call) => (call.startsWith('batch') ? 'token-refused' : undefined);
    const writes: number[] = [];
    for (it.at = 0; it.at < 3_600_000; it.at += 1_000) {
      await it.write();
      if (it.calls > 0) writes.push(it.at);
      await it.records.zones();
      it.fake.takeCalls();
    }
    expect(writes.length).toBeLessThan(30);
  });

  test.each<readonly [string, ApiProblemKind]>([
    ['a right that is missing on one zone', 'forbidden'],
    ['an outage', 'unavailable'],
    ['a lost answer', 'in-doubt'],
    ['a full zone', 'quota'],
    ['the rate limit', 'rate-limited'],
  ])('stays closed for %s, and the other zones are served', async (_what, kind) => {
    const it = new Guarded();
    it.answer = (call) => (call.includes('z1') ? kind : undefined);
    for (let n = 0; n < 20; n += 1) {
      await it.list();
      await it.write();
      expect(await it.list(SUBZONE)).toMatchObject({ ok: true });
    }
    expect(it.calls).toBe(60);
    expect(it.told.some(({ verdict }) => verdict === 'refused')).toBe(false);
  });

  test('stays closed for a token that may not list the zones, while their records can be had', async () => {
    const it = new Guarded();
    await it.list();
    it.answer = (call) => (call === 'zones' ? 'token-refused' : undefined);
    for (let n = 0; n < 10; n += 1) {
      expect(await it.records.zones()).toMatchObject({ problem: { kind: 'forbidden' } });
    }
    expect(await it.write()).toMatchObject({ ok: true });
    it.answer = () => 'token-refused';
    it.fake.takeCalls();
    for (let n = 0; n < 10; n += 1) await it.list();
    expect(it.calls).toBe(3);
  });

  test('opens for a token that is refused for all, though only the list of zones is asked for', async () => {
    const it = new Guarded();
    await it.list();
    it.answer = () => 'token-refused';
    it.fake.takeCalls();
    for (let n = 0; n < 10; n += 1) {
      expect(await it.records.zones()).toMatchObject({ problem: { kind: 'token-refused' } });
    }
    expect(it.told.at(-1)).toMatchObject({ verdict: 'refused', probeAt: expect.any(Number) });
    expect(it.calls).toBeLessThan(6);
  });

  test('is not opened by refusals between which calls are taken', async () => {
    const it = new Guarded();
    for (let n = 0; n < 10; n += 1) {
      it.answer = () => 'token-refused';
      await it.list();
      await it.list();
      it.answer = () => undefined;
      await it.list();
    }
    expect(it.calls).toBe(30);
  });
});
