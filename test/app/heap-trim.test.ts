import { describe, expect, it } from 'vitest';
import { HeapTrim } from '../../src/app/heap-trim.ts';

const MIB = 2 ** 20;

/** A process whose CPU time and heap are set by hand; a collection leaves `live` bytes. */
function fakeProcess(start: { heap: number; live: number }) {
  const state = { cpuMs: 0, collections: 0, ...start };
  const trim = new HeapTrim({
    cpuMs: () => state.cpuMs,
    heapBytes: () => state.heap,
    collect: () => {
      state.collections += 1;
      state.heap = state.live;
      state.cpuMs += 500;
    },
  });
  return { state, trim };
}

describe('HeapTrim', () => {
  it('waits while there is work, and collects at the first rest after it', () => {
    const { state, trim } = fakeProcess({ heap: 100 * MIB, live: 40 * MIB });
    state.cpuMs += 2_000;
    expect(trim.look()).toBe(false);
    expect(trim.look()).toBe(true);
    expect(state.heap).toBe(40 * MIB);
  });

  it('does not take its own collection for work, and collects no more while nothing grows', () => {
    const { state, trim } = fakeProcess({ heap: 100 * MIB, live: 40 * MIB });
    for (let look = 0; look < 10; look += 1) trim.look();
    expect(state.collections).toBe(1);
    state.heap = 80 * MIB;
    expect(trim.look()).toBe(true);
  });

  it.each([
    ['a few megabytes of a small heap', 10, 13],
    ['a small share of a large heap', 400, 480],
  ])('leaves %s alone', (_what, live, grown) => {
    const { state, trim } = fakeProcess({ heap: 1_000 * MIB, live: live * MIB });
    expect(trim.look()).toBe(true);
    state.heap = grown * MIB;
    expect(trim.look()).toBe(false);
  });

  it('collects in the real process without harm, and shows no gc to anybody else', () => {
    const trim = new HeapTrim();
    const wasShown = 'gc' in globalThis;
    expect(trim.look()).toBe(true);
    expect('gc' in globalThis).toBe(wasShown);
  });
});
