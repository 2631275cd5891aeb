import type { Call } from './call-log.ts';

/**
 * What goes wrong with one request.
 * - `status`: refused with `status`, `code`, `message`, `headers`
 * - `html200`: 200 and an HTML page, as a captive portal or proxy answers
 * - `success-false`: 200, JSON, `success: false` (Cloudflare's envelope; a Kubernetes Status otherwise)
 * - `hang-headers`: nothing is ever sent; `hang-body`: half of the body, then nothing
 * - `reset-before`: the socket is reset before anything happened
 * - `reset-after`: the request takes effect, then the socket is reset
 * - `delay`: taken up `ms` later, also when the client has left by then
 * - `short-list`: `drop` items are missing from the list, its counts unchanged
 * - `truncated-json`: a complete HTTP answer whose body ends in the middle
 */
type FaultKind =
  | 'status'
  | 'html200'
  | 'success-false'
  | 'hang-headers'
  | 'hang-body'
  | 'reset-before'
  | 'reset-after'
  | 'delay'
  | 'short-list'
  | 'truncated-json';

export interface Fault {
  readonly kind: FaultKind;
  /** Which requests; all of them when absent. */
  readonly match?: (call: Call) => boolean;
  /** How many requests; 1 when absent, `Infinity` until it is taken back. */
  readonly times?: number;
  /** HTTP status of `status`; 500 when absent. */
  readonly status?: number;
  readonly code?: number;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds of `delay`. */
  readonly ms?: number;
  /** Items that `short-list` leaves out; 1 when absent. */
  readonly drop?: number;
  /** The request takes effect although its answer says, or shows, otherwise (`status`, `html200`, `success-false`, `hang-headers`); with `delay`: at once, only the answer is late. */
  readonly applied?: boolean;
}

/** Faults in the order they were added; the first that matches is used up by the request. */
export class FaultQueue {
  #waiting: { readonly fault: Fault; left: number }[] = [];

  /** @returns takes the fault back, used up or not. */
  add(fault: Fault): () => void {
    const entry = { fault, left: fault.times ?? 1 };
    this.#waiting.push(entry);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== entry);
    };
  }

  take(call: Call): Fault | undefined {
    const entry = this.#waiting.find(({ fault, left }) => left > 0 && (fault.match?.(call) ?? true));
    if (entry === undefined) return undefined;
    entry.left -= 1;
    if (entry.left <= 0) this.#waiting = this.#waiting.filter((other) => other !== entry);
    return entry.fault;
  }

  clear(): void {
    this.#waiting = [];
  }
}
