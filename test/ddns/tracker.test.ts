import { describe, expect, it } from 'vitest';
import type { Voter } from '../../src/ddns/voter.ts';
import { ledgerRow, START, TrackerFixture } from './tracker-fixture.ts';

const A = '81.2.69.142';
const B = '81.2.69.160';
const C = '8.8.8.8';

describe('while nothing uses ddns', () => {
  it('is disabled and asks nobody', async () => {
    const fixture = new TrackerFixture().use();
    await fixture.tracker.probe();
    expect(fixture.rounds).toEqual({ 4: 0, 6: 0 });
    expect([...fixture.tracker.states().values()]).toMatchObject([
      { family: 4, status: 'disabled' },
      { family: 6, status: 'disabled' },
    ]);
    expect(fixture.tracker.retryInMs()).toBeUndefined();
  });

  it('asks for the family that is used alone', async () => {
    const fixture = new TrackerFixture().use(4);
    await fixture.tracker.probe();
    expect(fixture.rounds).toEqual({ 4: 1, 6: 0 });
    expect(fixture.state(6).status).toBe('disabled');
  });

  it('gives up what is under way when the last user goes', async () => {
    const held = Promise.withResolvers<void>();
    const fixture = new TrackerFixture().use(4);
    fixture.gate = held.promise;
    const probe = fixture.tracker.probe();
    fixture.use();
    held.resolve();
    await probe;
    expect(fixture.state(4).status).toBe('disabled');
    expect(fixture.confirmed).toEqual([]);
  });

  it('starts a new question for a new user while an old one winds down', async () => {
    const held = Promise.withResolvers<void>();
    const fixture = new TrackerFixture().use(4);
    fixture.gate = held.promise;
    const old = fixture.tracker.probe();
    fixture.use().use(4);
    const fresh = fixture.tracker.probe();
    held.resolve();
    await Promise.all([old, fresh]);
    expect(fixture.rounds[4]).toBe(2);
    expect(fixture.confirmed).toHaveLength(1);
    expect(fixture.state(4).status).toBe('confirmed');
  });

  it('confirms anew when a user returns', async () => {
    const fixture = new TrackerFixture().use(4);
    await fixture.probe4(A);
    fixture.use().use(4);
    expect(fixture.state(4)).toMatchObject({ status: 'unconfirmed', address: A });
  });
});

describe('the first address', () => {
  it('is believed by quorum, at once', async () => {
    const fixture = new TrackerFixture().use(4, 6);
    expect(fixture.state(4).status).toBe('unconfirmed');
    await fixture.tracker.probe();
    const confirmedAt = new Date(START).toISOString();
    const voters = ['ipify', 'amazon', 'cloudflare'];
    expect(fixture.state(4)).toMatchObject({ status: 'confirmed', address: A, confirmedAt, voters });
    expect(fixture.state(6)).toMatchObject({ status: 'confirmed', address: '2a01:4f8::1' });
    expect(fixture.confirmed).toContainEqual({ family: 4, address: A, confirmedAt, voters });
    expect(fixture.slept).toEqual([]);
  });

  it('keeps every vote, and the reason of a refused one', async () => {
    const fixture = new TrackerFixture().use(4);
    const state = await fixture.probe4({ ipify: '10.0.0.1', amazon: A, cloudflare: A });
    expect(state.status).toBe('confirmed');
    expect(state.votes).toEqual([
      { voter: 'ipify', operator: 'ipify', refused: expect.stringMatching(/10\.0\.0\.1.*private/) },
      { voter: 'amazon', operator: 'amazon', address: A },
      { voter: 'cloudflare', operator: 'cloudflare', address: A },
    ]);
  });

  it('obeys the networks of the settings', async () => {
    const only = new TrackerFixture({ only: [{ family: 4, text: '81.2.69.0/24' }] }).use(4);
    expect((await only.probe4(C)).status).toBe('unavailable');
    expect((await only.probe4(A)).status).toBe('confirmed');
    const allow = new TrackerFixture({ allow: [{ family: 4, text: '10.0.0.0/8' }] }).use(4);
    expect(await allow.probe4('10.1.1.1')).toMatchObject({ status: 'confirmed', address: '10.1.1.1' });
  });

  it.each([
    [{ ipify: A }, 'unconfirmed'],
    [{ ipify: A, amazon: B }, 'conflict'],
    [undefined, 'unavailable'],
    ['192.168.1.1', 'unavailable'],
  ])('is not believed when the voters say %j', async (says, status) => {
    const fixture = new TrackerFixture().use(4);
    const state = await fixture.probe4(says);
    expect(state.status).toBe(status);
    expect(state).not.toHaveProperty('address');
    expect(fixture.confirmed).toEqual([]);
  });

  it('survives a voter that throws', async () => {
    const throwing: Voter = {
      name: 'broken',
      operator: ['broken'],
      ask: async () => Promise.reject(new Error('a defect')),
    };
    const fixture = new TrackerFixture({ voters: { 4: [throwing], 6: [] } }).use(4);
    await fixture.tracker.probe();
    expect(fixture.state(4).status).toBe('unavailable');
  });
});

describe('a change', () => {
  it('is believed after a second round, and not before', async () => {
    const fixture = new TrackerFixture().use(4);
    await fixture.probe4(A);
    fixture.meanwhile = () => {
      expect(fixture.state(4)).toMatchObject({ status: 'unconfirmed', address: A });
      expect(fixture.confirmed).toHaveLength(1);
    };
    expect(await fixture.probe4(B)).toMatchObject({ status: 'confirmed', address: B });
    expect(fixture.rounds[4]).toBe(3);
    expect(fixture.slept).toEqual([20_000]);
    expect(fixture.confirmed.map(({ address }) => address)).toEqual([A, B]);
  });

  it('is forgotten when the second round sees the old address', async () => {
    const fixture = new TrackerFixture().use(4);
    await fixture.probe4(A);
    fixture.meanwhile = () => void (fixture.says[4] = A);
    expect(await fixture.probe4(B)).toMatchObject({ status: 'confirmed', address: A });
  });

  it('is a conflict when the second round sees a third address', async () => {
    const fixture = new TrackerFixture().use(4);
    await fixture.probe4(A);
    fixture.meanwhile = () => void (fixture.says[4] = C);
    expect(await fixture.probe4(B)).toMatchObject({ status: 'conflict', addresses: [B, C] });
  });

  it('needs two rounds again after a second round that failed', async () => {
    const fixture = new TrackerFixture().use(4);
    await fixture.probe4(A);
    fixture.meanwhile = () => void (fixture.says[4] = undefined);
    expect((await fixture.probe4(B)).status).toBe('unavailable');
    fixture.meanwhile = () => undefined;
    expect(await fixture.probe4(B)).toMatchObject({ status: 'confirmed', address: B });
    expect(fixture.slept).toHaveLength(2);
  });

  it.each([
    [0, 16_000],
    [0.999_999, 24_000],
  ])('waits with jitter (%d)', async (random, ms) => {
    const fixture = new TrackerFixture({ random: () => random }).use(4);
    await fixture.probe4(A);
    await fixture.probe4(B);
    expect(fixture.slept[0]).toBeCloseTo(ms, -2);
  });

  it('is dropped when the program ends meanwhile', async () => {
    const fixture = new TrackerFixture({
      sleep: async (_ms, signal) => {
        fixture.stop.abort();
        signal.throwIfAborted();
      },
    }).use(4);
    await fixture.probe4(A);
    expect((await fixture.probe4(B)).status).toBe('unconfirmed');
    expect(fixture.confirmed).toHaveLength(1);
    expect(fixture.rounds[4]).toBe(2);
  });

  it('waits longer when the address flaps, says so, and calms down after an hour', async () => {
    const fixture = new TrackerFixture().use(4);
    await fixture.probe4(A);
    for (const address of [B, A, B]) await fixture.probe4(address);
    let why = '';
    fixture.meanwhile = () => {
      const state = fixture.state(4);
      why = state.status === 'unconfirmed' ? state.why : '';
    };
    await fixture.probe4(A);
    expect(why).not.toMatch(/changed/);
    await fixture.probe4(B);
    expect(why).toMatch(/changed 4 times/);
    await fixture.probe4(A);
    expect(fixture.slept).toEqual([20_000, 20_000, 20_000, 20_000, 40_000, 80_000]);
    for (let index = 0; index < 10; index += 1) await fixture.probe4(index % 2 === 0 ? B : A);
    expect(Math.max(...fixture.slept)).toBe(900_000);
    fixture.now += 3_600_000;
    await fixture.probe4(B);
    expect(fixture.slept.at(-1)).toBe(20_000);
  });
});

describe('after a restart', () => {
  it('has the last address, unconfirmed, before and after it is used', () => {
    const fixture = new TrackerFixture({ last: [ledgerRow(A)] });
    expect(fixture.state(4)).toMatchObject({ status: 'unconfirmed', address: A });
    expect(fixture.state(6).status).toBe('disabled');
    expect(fixture.use(4).state(4)).toMatchObject({ status: 'unconfirmed', address: A });
  });

  it('confirms the same address by one round', async () => {
    const fixture = new TrackerFixture({ last: [ledgerRow(A)] }).use(4);
    expect(await fixture.probe4(A)).toMatchObject({ status: 'confirmed', address: A });
    expect(fixture.rounds[4]).toBe(1);
    expect(fixture.confirmed).toHaveLength(1);
  });

  it('confirms another address by two', async () => {
    const fixture = new TrackerFixture({ last: [ledgerRow(A)] }).use(4);
    expect(await fixture.probe4(B)).toMatchObject({ status: 'confirmed', address: B });
    expect(fixture.rounds[4]).toBe(2);
  });

  it('keeps the families apart', async () => {
    const fixture = new TrackerFixture({ last: [ledgerRow('2a01:4f8::9', 6)] }).use(4, 6);
    await fixture.tracker.probe();
    expect(fixture.rounds).toEqual({ 4: 1, 6: 2 });
  });
});

describe('a failed round', () => {
  it.each([
    [undefined, { status: 'unavailable' }],
    [
      { ipify: B, amazon: C },
      { status: 'conflict', addresses: [B, C] },
    ],
    [{ ipify: B }, { status: 'unconfirmed', address: A }],
  ])('ends the confirmation (%j), and one good round brings it back', async (says, expected) => {
    const fixture = new TrackerFixture().use(4);
    await fixture.probe4(A);
    expect(await fixture.probe4(says)).toMatchObject(expected);
    expect(fixture.confirmed).toHaveLength(1);
    expect(await fixture.probe4(A)).toMatchObject({ status: 'confirmed', address: A });
    expect(fixture.rounds[4]).toBe(3);
  });

  it('of one family leaves the other alone', async () => {
    const fixture = new TrackerFixture().use(4, 6);
    fixture.says[6] = undefined;
    await fixture.tracker.probe();
    expect([fixture.state(4).status, fixture.state(6).status]).toEqual(['confirmed', 'unavailable']);
  });

  it('is repeated after 5, 15, 30 and 60 s, then by the schedule', async () => {
    const fixture = new TrackerFixture().use(4);
    expect(fixture.tracker.retryInMs()).toBe(0);
    const waits: (number | undefined)[] = [];
    for (let round = 0; round < 6; round += 1) {
      await fixture.probe4(undefined);
      waits.push(fixture.tracker.retryInMs());
    }
    expect(waits).toEqual([5_000, 15_000, 30_000, 60_000, undefined, undefined]);
    await fixture.probe4(A);
    expect(fixture.tracker.retryInMs()).toBeUndefined();
    await fixture.probe4(undefined);
    expect(fixture.tracker.retryInMs()).toBe(5_000);
    fixture.now += 7_000;
    expect(fixture.tracker.retryInMs()).toBe(0);
  });
});

describe('a probe', () => {
  it('is shared by all who ask for it meanwhile', async () => {
    const fixture = new TrackerFixture().use(4);
    await Promise.all([fixture.tracker.probe(), fixture.tracker.probe(), fixture.tracker.probe()]);
    expect(fixture.rounds[4]).toBe(1);
    await fixture.tracker.probe();
    expect(fixture.rounds[4]).toBe(2);
  });

  it('asks for a family that came into use while another is asked', async () => {
    const held = Promise.withResolvers<void>();
    const fixture = new TrackerFixture().use(4);
    fixture.gate = held.promise;
    const first = fixture.tracker.probe();
    const second = fixture.use(4, 6).tracker.probe();
    held.resolve();
    await Promise.all([first, second]);
    expect(fixture.rounds).toEqual({ 4: 1, 6: 1 });
    expect(fixture.state(6).status).toBe('confirmed');
  });

  it('asks nobody once the program ends', async () => {
    const fixture = new TrackerFixture().use(4);
    fixture.stop.abort();
    await fixture.tracker.probe();
    expect(fixture.rounds[4]).toBe(0);
  });

  it('tells of a change once, and of every confirmation', async () => {
    const fixture = new TrackerFixture().use(4);
    const before = fixture.changes;
    await fixture.probe4(A);
    await fixture.probe4(A);
    expect(fixture.changes).toBe(before + 1);
    expect(fixture.confirmed).toHaveLength(2);
    await fixture.probe4(undefined);
    await fixture.probe4(undefined);
    expect(fixture.changes).toBe(before + 2);
  });
});
