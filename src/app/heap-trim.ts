import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** CPU time of this process in milliseconds, and the heap's size in bytes. */
export interface HeapReadings {
  readonly cpuMs: () => number;
  readonly heapBytes: () => number;
  readonly collect: () => void;
}

/** Less CPU than this between two looks (ten seconds) is rest. */
const REST_MS = 300;
/** A heap that grew by less than this since the last collection is not worth one. */
const WORTH = { bytes: 4 * 2 ** 20, share: 1.25 };

/**
 * Gives back what a burst of work left behind, once there is rest. V8 collects when it must allocate, so a program
 * that became idle keeps the garbage of its last burst for good: after a start with 10,000 routes that is more than
 * all it needs (docs/performance.md).
 */
export class HeapTrim {
  readonly #readings: HeapReadings;
  #cpuMs: number;
  #trimmed = 0;

  constructor(readings: HeapReadings = processReadings()) {
    this.#readings = readings;
    this.#cpuMs = readings.cpuMs();
  }

  /** To be called every ten seconds or so. Answers whether it collected. */
  look(): boolean {
    const { cpuMs, heapBytes, collect } = this.#readings;
    const now = cpuMs();
    const resting = now - this.#cpuMs < REST_MS;
    this.#cpuMs = now;
    const heap = heapBytes();
    if (!resting || heap < this.#trimmed + WORTH.bytes || heap < this.#trimmed * WORTH.share) return false;
    collect();
    this.#trimmed = heapBytes();
    this.#cpuMs = cpuMs();
    return true;
  }
}

function processReadings(): HeapReadings {
  return {
    cpuMs: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    heapBytes: () => getHeapStatistics().total_heap_size,
    collect: lastResort,
  };
}

/**
 * V8's own "last resort" gives every free page back to the system, which a usual collection does not. Node shows `gc`
 * only with the flag --expose-gc; set here, it holds for contexts made from now on, and no start line has to know it.
 * https://nodejs.org/docs/latest-v24.x/api/cli.html#--expose-gc
 */
function lastResort(): void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof gc === 'function') gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
