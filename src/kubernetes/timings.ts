/** The reflector's periods, in milliseconds where the name says so. Pairs are bounds of a random choice. */
export interface Timings {
  /** Objects a list page; the size of its JSON sets the memory's high-water mark. */
  readonly pageSize: number;
  readonly headerTimeoutMs: number;
  readonly listBodyTimeoutMs: number;
  /** The watch's own end, asked of the server, so that every stream is renewed. */
  readonly watchSeconds: readonly [number, number];
  /** Longest silence of a watch. The server sends a bookmark about every 60 s. */
  readonly idleMs: number;
  readonly backoffBaseMs: number;
  readonly backoffMaxMs: number;
  /** A watch that lived this long was healthy: the next failure counts as the first. */
  readonly healthyMs: number;
  /** Between the first tries where RBAC forbids, which may pass. */
  readonly refusedMs: number;
  /** Between two tries where RBAC goes on to forbid. */
  readonly forbiddenMs: number;
  /** Between two tries of a kind that is not served. */
  readonly absentMs: number;
  /** After a deletion seen by a watch: when to ask whether the kind is still served. */
  readonly servedCheckMs: readonly number[];
  /** Age at which a list is made anew, against anything a watch may have lost. */
  readonly relistMs: readonly [number, number];
}

export const TIMINGS: Timings = {
  pageSize: 100,
  headerTimeoutMs: 15_000,
  listBodyTimeoutMs: 60_000,
  watchSeconds: [240, 300],
  idleMs: 90_000,
  backoffBaseMs: 500,
  backoffMaxMs: 30_000,
  healthyMs: 10_000,
  refusedMs: 2000,
  forbiddenMs: 60_000,
  absentMs: 60_000,
  servedCheckMs: [5000, 15_000, 30_000],
  relistMs: [6 * 3_600_000, 12 * 3_600_000],
};

export function between([low, high]: readonly [number, number], random: () => number): number {
  return low + (high - low) * random();
}

/**
 * How long to wait after the nth failure in a row (n from 1): full jitter, never less than the server asked for.
 * https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export function backoffMs(
  failures: number,
  retryAfterMs: number | undefined,
  timings: Timings,
  random: () => number,
): number {
  const ceiling = Math.min(timings.backoffMaxMs, timings.backoffBaseMs * 2 ** Math.min(failures - 1, 30));
  return Math.max(ceiling * random(), retryAfterMs ?? 0);
}

/** Waits, or returns early when the signal aborts; leaves no timer and no listener. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const wake = (): void => resolve();
  signal.addEventListener('abort', wake, { once: true });
  await promise;
  clearTimeout(timer);
  signal.removeEventListener('abort', wake);
}
