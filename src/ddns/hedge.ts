import { err, type Result } from '../domain/result.ts';
import { whyAborted } from './deadline.ts';

/** One way to get an answer. Settles soon after its signal is aborted, and does not reject. */
export type Attempt<T> = (signal: AbortSignal) => Promise<Result<T, string>>;

/**
 * Starts the attempts one after the other, each when the one before has failed or is `hedgeMs` late; the first good
 * answer wins, and the others are stopped.
 * @returns the answer, or why every attempt failed
 */
export async function firstAnswer<T>(
  attempts: readonly Attempt<T>[],
  hedgeMs: number,
  signal: AbortSignal,
): Promise<Result<T, string>> {
  const finished = new AbortController();
  const stop = AbortSignal.any([signal, finished.signal]);
  const failures: string[] = [];
  const { promise, resolve } = Promise.withResolvers<Result<T, string>>();
  let timer: NodeJS.Timeout | undefined;
  let started = 0;

  const startNext = (): void => {
    clearTimeout(timer);
    const attempt = attempts[started];
    if (attempt === undefined || signal.aborted) return;
    started += 1;
    if (started < attempts.length) timer = setTimeout(startNext, hedgeMs);
    void attempt(stop).then((answer) => {
      if (answer.ok) return resolve(answer);
      failures.push(answer.error);
      if (failures.length === attempts.length || signal.aborted) {
        return resolve(err([...new Set(failures)].join('; ')));
      }
      if (failures.length === started) startNext();
    });
  };

  startNext();
  if (started === 0) resolve(err(whyAborted(signal)));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    finished.abort();
  }
}
