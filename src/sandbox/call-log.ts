/** One request that reached a sandbox. Headers are left out: they hold the token. */
export interface Call {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Empty where there was none. */
  readonly contentType: string;
  /** Parsed JSON; the text itself where it is none; undefined where there was no body. */
  readonly body: unknown;
  /** `performance.now()` when the request's head arrived. */
  readonly at: number;
  /** What was answered; undefined until then, and for good when the answer was lost. */
  status: number | undefined;
}

/** Every request in order of arrival, for tests and benchmarks to count. */
export class CallLog {
  #calls: Call[] = [];

  get all(): readonly Call[] {
    return this.#calls;
  }

  add(call: Call): Call {
    this.#calls.push(call);
    return call;
  }

  clear(): void {
    this.#calls = [];
  }
}
