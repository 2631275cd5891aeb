import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { Coverage } from './coverage.ts';
import { SimDisk } from './disk.ts';
import { play, type Broken, type Order, type Played, type Slice } from './worker.ts';

/** Histories between two words of how far it is. */
const SAY_EVERY = 2_000;

export interface HuntOptions {
  readonly slices: Iterable<Slice>;
  readonly workers: number;
  readonly keepGoing: boolean;
  /** Told of the first history that broke each promise. */
  readonly onBroken: (broken: Broken) => void;
  /** Told how many were played, now and then. */
  readonly onProgress: (histories: number) => void;
}

export interface Hunted {
  readonly histories: number;
  readonly seconds: number;
  readonly coverage: Coverage;
  /** By the promise that was broken: the histories. */
  readonly broken: ReadonlyMap<string, readonly number[]>;
}

/** Plays the histories of many seeds, by several workers each in a process of its own. */
export async function hunt({
  slices,
  workers,
  keepGoing,
  onBroken,
  onProgress,
}: HuntOptions): Promise<Hunted> {
  const begun = performance.now();
  const coverage = new Coverage();
  const broken = new Map<string, number[]>();
  let histories = 0;
  const left = slices[Symbol.iterator]();
  const work = async (player: Player): Promise<void> => {
    for (let next = left.next(); next.done !== true; next = left.next()) {
      const played = await player.play({ ...next.value, stopAt: !keepGoing });
      histories += played.count;
      if (Math.floor(histories / SAY_EVERY) > Math.floor((histories - played.count) / SAY_EVERY))
        onProgress(histories);
      coverage.add(new Coverage(played.coverage));
      for (const each of played.broken) {
        const known = broken.get(each.invariant);
        if (known === undefined) onBroken(each);
        broken.set(each.invariant, [...(known ?? []), each.seed]);
      }
      if (broken.size > 0 && !keepGoing) return;
    }
  };
  const players = workers === 1 ? [playerHere()] : Array.from({ length: workers }, () => playerApart());
  try {
    await Promise.all(players.map(work));
  } finally {
    for (const player of players) player.end();
  }
  return { histories, seconds: (performance.now() - begun) / 1000, coverage, broken };
}

/** Who plays slices, one after another. */
interface Player {
  play(order: Order): Promise<Played>;
  end(): void;
}

function playerHere(): Player {
  const disk = new SimDisk();
  return { play: ({ stopAt, ...slice }) => play(slice, stopAt, disk), end: () => disk.remove() };
}

function playerApart(): Player {
  const child = fork(join(import.meta.dirname, 'worker.ts'));
  return { play: (order) => ask(child, order), end: () => child.disconnect() };
}

function ask(child: ChildProcess, order: Order): Promise<Played> {
  return new Promise((resolve, reject) => {
    const gone = (code: number | null): void =>
      reject(new Error(`a worker ended with ${code ?? 'a signal'}`));
    child.once('exit', gone);
    child.once('message', (message) => {
      child.off('exit', gone);
      resolve(message as Played);
    });
    child.send(order);
  });
}
