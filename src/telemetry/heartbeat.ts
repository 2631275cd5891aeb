import type { SignalRequest } from './signal-request.ts';

export interface HeartbeatParts {
  readonly intervalMs: number;
  /** Why not all is done that can be; `undefined` when it is. Holds no secret. */
  readonly trouble: () => string | undefined;
  /** Answers why it could not be sent. */
  readonly send: (trouble: string | undefined) => Promise<string | undefined>;
  /** Told at the first failure of a row, and with `undefined` when sending goes well again. */
  readonly onSending: (failure: string | undefined) => void;
  /** Milliseconds of any clock that does not run backwards. */
  readonly now: () => number;
}

/** After one that could not be sent; soon enough for a monitor to have a second chance before it raises an alarm. */
const AGAIN_MS = 30_000;

/**
 * Tells a monitor that we are well: at once when we are, then every interval. Trouble is told when it has lasted for a
 * whole interval: what is mended by then, the monitor need not know. A process that hangs or is gone tells nothing.
 */
export class Heartbeat {
  readonly #parts: HeartbeatParts;
  #well: boolean | undefined;
  #troubleSince: number | undefined;
  #nextAt = 0;
  #sending = false;
  #failed = false;

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
  }

  /** To be called every few seconds. Never rejects. */
  async look(): Promise<void> {
    const { intervalMs, trouble, now } = this.#parts;
    if (this.#sending) return;
    const why = trouble();
    const at = now();
    if (why === undefined) this.#troubleSince = undefined;
    else this.#troubleSince ??= at;
    const well = why === undefined;
    if (!well && at - (this.#troubleSince ?? at) < intervalMs) return;
    if (well === this.#well && at < this.#nextAt) return;
    if (this.#failed && at < this.#nextAt) return;
    this.#sending = true;
    const failure = await this.#parts.send(why);
    this.#sending = false;
    if (failure === undefined) this.#well = well;
    this.#nextAt = now() + (failure === undefined ? intervalMs : Math.min(intervalMs, AGAIN_MS));
    if ((failure !== undefined) !== this.#failed) this.#parts.onSending(failure);
    this.#failed = failure !== undefined;
  }
}

/** Longer reasons do not fit where they are shown. */
const LONGEST_REASON = 200;

/**
 * What each kind of monitor takes. `healthchecks`: a POST, with `/fail` behind the path in trouble, the reason in the
 * body (https://healthchecks.io/docs/signaling_failures/). `uptime-kuma`: a GET whose query says `up` or `down`.
 */
export function heartbeatRequest(
  url: URL,
  format: 'healthchecks' | 'uptime-kuma',
  trouble: string | undefined,
): SignalRequest {
  const to = new URL(url);
  if (format === 'uptime-kuma') {
    to.searchParams.set('status', trouble === undefined ? 'up' : 'down');
    to.searchParams.set('msg', (trouble ?? 'OK').slice(0, LONGEST_REASON));
    return { url: to, method: 'GET', headers: {}, body: '' };
  }
  if (trouble !== undefined) to.pathname = `${to.pathname.replace(/\/$/, '')}/fail`;
  return {
    url: to,
    method: 'POST',
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: trouble ?? '',
  };
}
