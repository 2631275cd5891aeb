import { Coverage } from './coverage.ts';
import { SimDisk } from './disk.ts';
import { historyOf } from './history.ts';
import { run } from './run.ts';

/** Seeds to play, one after another. */
export interface Slice {
  readonly from: number;
  readonly count: number;
  /** Kinds of events that come more often than others. */
  readonly favoured: readonly string[];
}

/** A history that broke a promise. */
export interface Broken {
  readonly seed: number;
  readonly invariant: string;
  readonly message: string;
}

export interface Played {
  readonly count: number;
  readonly coverage: readonly (readonly [string, number])[];
  readonly broken: readonly Broken[];
}

/** @param stopAt the first history that breaks a promise ends the slice */
export async function play(
  { from, count, favoured }: Slice,
  stopAt: boolean,
  disk: SimDisk,
): Promise<Played> {
  const coverage = new Coverage();
  const broken: Broken[] = [];
  let done = 0;
  while (done < count) {
    const seed = (from + done) % 0x7fff_ffff;
    const outcome = await run(historyOf(seed, favoured), disk);
    done += 1;
    coverage.add(outcome.coverage);
    const { failure } = outcome;
    if (failure === undefined) continue;
    broken.push({ seed, invariant: failure.invariant, message: failure.message });
    if (stopAt) break;
  }
  return { count: done, coverage: [...coverage.counts], broken };
}

/** What a worker is sent. */
export interface Order extends Slice {
  readonly stopAt: boolean;
}

if (process.send !== undefined) {
  const disk = new SimDisk();
  process.on('exit', () => disk.remove());
  process.on('disconnect', () => process.exit());
  process.on('message', ({ stopAt, ...slice }: Order) => {
    void play(slice, stopAt, disk).then((played) => process.send?.(played));
  });
}
