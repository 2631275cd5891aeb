/** How long one voter may take for its vote. */
export const VOTE_DEADLINE_MS = 5_000;

/** Aborted when the given signal is, or when the time is up. */
export function withDeadline(signal: AbortSignal, deadlineMs: number): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
}

/** Says of an aborted signal whether the deadline passed or the caller gave up. */
export function whyAborted(signal: AbortSignal): string {
  const reason: unknown = signal.reason;
  return reason instanceof DOMException && reason.name === 'TimeoutError'
    ? 'it gave no answer in time'
    : 'it was given up';
}
