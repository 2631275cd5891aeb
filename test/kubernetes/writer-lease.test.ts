import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pause } from '../../src/kubernetes/timings.ts';
import { WriterLease } from '../../src/kubernetes/writer-lease.ts';
import { FakeLeases } from './fake-leases.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

let chance = 0;

/** One process with a Lease; it can stand still, as by SIGSTOP, while time goes on. */
class Machine {
  readonly lease: WriterLease;
  /** How far its wall clock is off. */
  skewMs = 0;
  /** What it may, each time that it was told to have changed. */
  readonly told: string[] = [];
  #frozen: PromiseWithResolvers<void> | undefined;

  constructor(leases: FakeLeases, holder: string, podUid = '') {
    chance += 0.001;
    const at = chance;
    this.lease = new WriterLease({
      connection: leases,
      namespace: 'routeflare',
      name: 'routeflare',
      holder,
      podUid,
      now: () => ({ steady: performance.now(), wall: Date.now() + this.skewMs }),
      random: () => at,
      sleep: async (ms, signal) => {
        await pause(ms, signal);
        await this.#frozen?.promise;
      },
      onChange: () => this.told.push(this.may),
      onFault: (cause) => {
        throw cause;
      },
    });
    this.lease.start();
  }

  get may(): string {
    return this.lease.permit().kind;
  }

  freeze(): void {
    this.#frozen = Promise.withResolvers();
  }

  wake(): void {
    this.#frozen?.resolve();
    this.#frozen = undefined;
  }

  async stop(): Promise<void> {
    await this.lease[Symbol.asyncDispose]();
  }
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('the Lease', () => {
  test('nobody has is taken at once, renewed every two seconds, and let go of at the end', async () => {
    const leases = new FakeLeases();
    const one = new Machine(leases, 'one');
    expect(one.may).toBe('none');
    await pass(0);
    expect(one.may).toBe('all');
    expect(leases.holder).toMatch(/^one_[0-9a-f]{8}$/);
    expect(leases.lease?.spec).toMatchObject({ leaseDurationSeconds: 15, leaseTransitions: 0 });
    await pass(60_000);
    expect(one.may).toBe('all');
    expect(leases.calls).toEqual(['GET', 'POST', ...Array<string>(30).fill('PUT')]);
    await one.stop();
    expect([one.may, leases.holder]).toEqual(['none', '']);
    const two = new Machine(leases, 'two');
    await pass(0);
    expect(two.may).toBe('all');
    expect(leases.lease?.spec).toMatchObject({ leaseTransitions: 1 });
    await two.stop();
  });

  test('that is renewed keeps a second one away for as long as it is', async () => {
    const leases = new FakeLeases();
    const one = new Machine(leases, 'one');
    await pass(0);
    const two = new Machine(leases, 'two');
    await pass(120_000);
    expect([one.may, two.may]).toEqual(['all', 'none']);
    expect(two.lease.permit()).toMatchObject({
      why: expect.stringContaining(`${String(leases.holder)} holds`),
    });
    await one.stop();
    await pass(3_000);
    expect(two.may).toBe('all');
    await two.stop();
  });

  test('of one that stands still is taken after 15 s, and it writes nothing from the moment it wakes', async () => {
    const leases = new FakeLeases();
    const one = new Machine(leases, 'one');
    await pass(0);
    const two = new Machine(leases, 'two');
    await pass(2_000);
    one.freeze();
    await pass(14_000);
    expect(two.may).toBe('none');
    await pass(6_000);
    expect(two.may).toBe('all');
    expect(one.may).toBe('none');
    one.wake();
    expect(one.may).toBe('none');
    await pass(0);
    expect([one.may, two.may]).toEqual(['none', 'all']);
    await pass(60_000);
    expect([one.may, two.may]).toEqual(['none', 'all']);
    await Promise.all([one.stop(), two.stop()]);
  });

  test.each([
    ['stood still', (one: Machine) => one.freeze()],
    ['had its clock set', (one: Machine) => void (one.skewMs = 3_600_000)],
  ])(
    'of one that %s for a moment is told to be had again, since work was turned away meanwhile',
    async (_, stop) => {
      const leases = new FakeLeases();
      const one = new Machine(leases, 'one');
      await pass(5_000);
      stop(one);
      await pass(11_000);
      one.wake();
      await pass(5_000);
      expect([one.may, ...one.told]).toEqual(['all', 'all', 'none', 'all']);
      await one.stop();
    },
  );

  test('is never held by two at any moment, whoever is frozen and for how long', async () => {
    const leases = new FakeLeases();
    const machines = ['one', 'two', 'three'].map((name) => new Machine(leases, name));
    let handovers = 0;
    let last = '';
    for (let step = 0; step < 600; step += 1) {
      if (step % 41 === 0) machines.find((each) => each.may === 'all')?.freeze();
      if (step % 29 === 0) for (const each of machines) each.wake();
      await pass(997);
      const holding = machines.filter((each) => each.may !== 'none');
      expect(holding.length, `at step ${step}`).toBeLessThanOrEqual(1);
      if (leases.holder !== last) handovers += 1;
      last = String(leases.holder);
    }
    expect(handovers).toBeGreaterThan(5);
    for (const each of machines) each.wake();
    await Promise.all(machines.map((each) => each.stop()));
  });

  test('is not read by another’s clock: a clock years ahead or behind changes nothing', async () => {
    const leases = new FakeLeases();
    const one = new Machine(leases, 'one');
    one.skewMs = -3 * 365 * 86_400_000;
    await pass(0);
    const two = new Machine(leases, 'two');
    two.skewMs = 86_400_000;
    await pass(60_000);
    expect([one.may, two.may]).toEqual(['all', 'none']);
    await Promise.all([one.stop(), two.stop()]);
  });

  test('tells a lapse in which nobody wrote from one in which somebody may have', async () => {
    const leases = new FakeLeases();
    const one = new Machine(leases, 'one');
    await pass(0);
    expect(one.lease.permit()).toEqual({ kind: 'all', tenure: 1 });
    one.freeze();
    await pass(14_000);
    one.wake();
    await pass(2_000);
    expect(one.lease.permit()).toEqual({ kind: 'all', tenure: 1 });
    leases.edit(() => undefined);
    await pass(2_000);
    expect(one.lease.permit()).toEqual({ kind: 'all', tenure: 2 });
    one.freeze();
    const two = new Machine(leases, 'two');
    await pass(20_000);
    await two.stop();
    one.wake();
    await pass(2_000);
    expect(one.lease.permit()).toEqual({ kind: 'all', tenure: 3 });
    await one.stop();
  });

  test('counts as lost after a sleep that only the wall clock saw', async () => {
    const leases = new FakeLeases();
    const one = new Machine(leases, 'one');
    await pass(0);
    one.skewMs = 60_000;
    expect(one.may).toBe('none');
    await pass(2_000);
    expect(one.may).toBe('all');
    await one.stop();
  });

  test('keeps what others wrote on it', async () => {
    const leases = new FakeLeases();
    const one = new Machine(leases, 'one');
    await pass(0);
    leases.edit((lease) => ({ ...lease, metadata: { ...lease.metadata, labels: { team: 'dns' } } }));
    await pass(4_000);
    expect(one.may).toBe('all');
    expect(leases.lease?.metadata).toMatchObject({ labels: { team: 'dns' } });
    await one.stop();
  });

  test('that is deleted is made again by its holder', async () => {
    const leases = new FakeLeases();
    const one = new Machine(leases, 'one');
    await pass(0);
    leases.edit(() => undefined);
    await pass(2_000);
    expect(one.may).toBe('all');
    expect(leases.holder).toMatch(/^one_/);
    await one.stop();
  });

  test('whose renewal landed though its answer was lost is still ours', async () => {
    const leases = new FakeLeases();
    const one = new Machine(leases, 'one');
    await pass(0);
    leases.fault = { kind: 'after' };
    await pass(4_000);
    leases.fault = undefined;
    await pass(2_000);
    expect(one.may).toBe('all');
    await one.stop();
  });
});

describe('a container that was started again in its Pod', () => {
  test('takes the Lease of the one before at once, which is surely dead', async () => {
    const leases = new FakeLeases();
    const one = new Machine(leases, 'pod', 'uid-1');
    await pass(0);
    one.freeze();
    const two = new Machine(leases, 'pod', 'uid-1');
    await pass(0);
    expect(two.may).toBe('all');
    one.wake();
    await pass(10_000);
    expect([one.may, two.may]).toEqual(['none', 'all']);
    await Promise.all([one.stop(), two.stop()]);
  });

  test('of the same name in another Pod waits, as for any other', async () => {
    const leases = new FakeLeases();
    const one = new Machine(leases, 'pod', 'uid-1');
    await pass(0);
    one.freeze();
    const two = new Machine(leases, 'pod', 'uid-2');
    await pass(14_000);
    expect(two.may).toBe('none');
    await pass(4_000);
    expect(two.may).toBe('all');
    one.wake();
    await Promise.all([one.stop(), two.stop()]);
  });
});

describe('with the API server away', () => {
  test('a holder may go on with ddns alone, and all again when its Lease is still its own', async () => {
    const leases = new FakeLeases();
    const one = new Machine(leases, 'one');
    await pass(0);
    leases.fault = { kind: 'before' };
    await pass(9_000);
    expect(one.may).toBe('all');
    await pass(10_000);
    expect(one.may).toBe('own-ddns');
    await pass(3_600_000);
    expect(one.may).toBe('own-ddns');
    leases.fault = undefined;
    await pass(2_000);
    expect(one.may).toBe('all');
    await one.stop();
  });

  test('a holder that stood still meanwhile may nothing until it has asked for long enough', async () => {
    const leases = new FakeLeases();
    const one = new Machine(leases, 'one');
    await pass(0);
    leases.fault = { kind: 'before' };
    await pass(20_000);
    expect(one.may).toBe('own-ddns');
    one.freeze();
    await pass(60_000);
    expect(one.may).toBe('none');
    one.wake();
    await pass(3_000);
    expect(one.may).toBe('none');
    await pass(10_000);
    expect(one.may).toBe('own-ddns');
    leases.fault = undefined;
    await one.stop();
  });

  test('one that never held it may nothing', async () => {
    const leases = new FakeLeases();
    leases.fault = { kind: 'before' };
    const one = new Machine(leases, 'one');
    await pass(60_000);
    expect(one.may).toBe('none');
    await one.stop();
  });

  test('one whose account is gone may nothing, although it held it', async () => {
    const leases = new FakeLeases();
    const one = new Machine(leases, 'one');
    await pass(0);
    leases.fault = { kind: 401 };
    await pass(60_000);
    expect(one.may).toBe('none');
    await one.stop();
  });
});

describe('where RBAC has no Leases', () => {
  test.each([['get'], ['create'], ['update']] as const)(
    'without %s it writes, as before there were Leases, and says so',
    async (verb) => {
      const leases = new FakeLeases();
      if (verb === 'update') {
        const before = new Machine(leases, 'before');
        await pass(0);
        await before.stop();
      }
      leases.forbidden.add(verb);
      const one = new Machine(leases, 'one');
      await pass(0);
      expect(one.may).toBe('none');
      await pass(4_000);
      expect(one.may).toBe('all');
      expect(one.lease.problems()).toMatchObject([{ reason: 'Pending', message: /leases\.coordination/ }]);
      leases.forbidden.clear();
      await pass(30_000);
      expect([one.may, one.lease.problems(), String(leases.holder).slice(0, 4)]).toEqual(['all', [], 'one_']);
      await one.stop();
    },
  );

  test('it stops when it may look at last, and somebody else holds one', async () => {
    const leases = new FakeLeases();
    const one = new Machine(leases, 'one');
    await pass(0);
    leases.forbidden.add('update').add('get');
    const two = new Machine(leases, 'two');
    await pass(4_000);
    expect(two.may).toBe('all');
    leases.forbidden.clear();
    await pass(30_000);
    expect([one.may, two.may]).toEqual(['all', 'none']);
    await Promise.all([one.stop(), two.stop()]);
  });

  test('a refusal that passes, as of an API server that has just started, lets nobody in beside a holder', async () => {
    const leases = new FakeLeases();
    const one = new Machine(leases, 'one');
    await pass(0);
    leases.forbidden.add('get');
    const two = new Machine(leases, 'two');
    await pass(3_000);
    leases.forbidden.clear();
    for (let n = 0; n < 60; n += 1) {
      expect(two.may).toBe('none');
      await pass(1_000);
    }
    await Promise.all([one.stop(), two.stop()]);
  });

  test('one that saw another hold it waits, also where all are refused for longer, and the other goes on', async () => {
    const leases = new FakeLeases();
    const one = new Machine(leases, 'one');
    await pass(0);
    const two = new Machine(leases, 'two');
    await pass(20_000);
    leases.forbidden = new Set(['get', 'create', 'update']);
    for (let n = 0; n < 60; n += 1) {
      if (n === 8) leases.forbidden.clear();
      await pass(1_000);
      expect(two.may).toBe('none');
    }
    expect(one.may).toBe('all');
    await Promise.all([one.stop(), two.stop()]);
  });

  test('one that sees a holder end, and may not take its place, writes as if there were none', async () => {
    const leases = new FakeLeases();
    const one = new Machine(leases, 'one');
    await pass(0);
    const two = new Machine(leases, 'two');
    await pass(4_000);
    one.freeze();
    leases.forbidden.add('update');
    await pass(60_000);
    expect([one.may, two.may]).toEqual(['none', 'all']);
    one.wake();
    await Promise.all([one.stop(), two.stop()]);
  });

  test('a holder from whom the right is taken stops: it may have a successor', async () => {
    const leases = new FakeLeases();
    const one = new Machine(leases, 'one');
    await pass(0);
    leases.forbidden.add('update');
    await pass(9_000);
    expect(one.may).toBe('all');
    await pass(3_600_000);
    expect(one.may).toBe('none');
    await one.stop();
  });
});
