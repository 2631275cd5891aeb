import type { Kind } from './kubernetes-kinds.ts';
import type { ObjectStore } from './kubernetes-object-store.ts';
import { type WatchRequest, WatchStream } from './kubernetes-watch-stream.ts';

/** All open watches, and what tests do to them. A kind's plural narrows where it may be given. */
export class WatchSet {
  readonly #store: ObjectStore;
  readonly #open = new Set<WatchStream>();
  #stalled = false;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** Open watches, per plural. */
  get count(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { kind } of this.#open) counts[kind.plural] = (counts[kind.plural] ?? 0) + 1;
    return counts;
  }

  open(request: WatchRequest): void {
    this.#open.add(
      new WatchStream(this.#store, request, this.#stalled, (closed) => this.#open.delete(closed)),
    );
  }

  /** Resets the sockets. */
  drop(plural?: string): void {
    for (const stream of this.#of(plural)) stream.reset();
  }

  /** Ends the answers in order, as a server does after `timeoutSeconds`. */
  end(plural?: string): void {
    for (const stream of this.#of(plural)) stream.end();
  }

  /** 410 as an ERROR event inside each stream, then its end. */
  expire(plural?: string): void {
    for (const stream of this.#of(plural)) stream.expire();
  }

  /** A line that is no JSON, in each stream. */
  garble(plural?: string): void {
    for (const stream of this.#of(plural)) stream.garble();
  }

  /** No byte goes out any more, on new watches either, not even their head. */
  stall(): void {
    this.#stalled = true;
    for (const stream of this.#open) stream.stall();
  }

  /** What was kept back goes out. */
  resume(): void {
    this.#stalled = false;
    for (const stream of this.#open) stream.resume();
  }

  endKind(kind: Kind): void {
    for (const stream of this.#open) if (stream.kind === kind) stream.end();
  }

  #of(plural: string | undefined): WatchStream[] {
    return [...this.#open].filter(({ kind }) => plural === undefined || kind.plural === plural);
  }
}
