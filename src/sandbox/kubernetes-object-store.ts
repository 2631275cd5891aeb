import { type Kind, storageOf } from './kubernetes-kinds.ts';
import { type KubernetesObject, StoredObject } from './kubernetes-object.ts';

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

export interface Change {
  readonly type: ChangeType;
  readonly kind: Kind;
  readonly stored: StoredObject;
  /** The version before; undefined for ADDED. */
  readonly before: StoredObject | undefined;
}

export type ChangeListener = (change: Change) => void;

interface Shelf {
  readonly objects: Map<string, StoredObject>;
  /** By namespace and name; made anew after a change, so that a list in pages keeps the array of its moment. */
  sorted: StoredObject[] | undefined;
  history: Change[];
  /** A watch from this version or a later one can be served. */
  oldest: number;
  readonly listeners: Set<ChangeListener>;
}

/** Every object, the history of changes that watches resume from, and one version counter for all. */
export class ObjectStore {
  readonly #shelves = new Map<Kind, Shelf>();
  readonly #historySize: number;
  #version = 1000;
  #compacted = 0;

  /** @param historySize changes that are kept per kind. */
  constructor(historySize: number) {
    this.#historySize = historySize;
  }

  get version(): number {
    return this.#version;
  }

  list(kind: Kind): readonly StoredObject[] {
    const shelf = this.#shelf(kind);
    shelf.sorted ??= [...shelf.objects.entries()]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([, stored]) => stored);
    return shelf.sorted;
  }

  find(kind: Kind, namespace: string, name: string): StoredObject | undefined {
    return this.#shelf(kind).objects.get(`${namespace}/${name}`);
  }

  /** Stores the object under a new resourceVersion and tells the listeners. */
  commit(kind: Kind, type: ChangeType, object: KubernetesObject): StoredObject {
    this.#version += 1;
    const metadata = { ...object.metadata, resourceVersion: String(this.#version) };
    const stored = new StoredObject({ ...object, metadata }, this.#version);
    const shelf = this.#shelf(kind);
    const key = `${stored.namespace}/${stored.name}`;
    const before = shelf.objects.get(key);
    if (type === 'DELETED') shelf.objects.delete(key);
    else shelf.objects.set(key, stored);
    shelf.sorted = undefined;
    const change: Change = { type, kind: storageOf(kind), stored, before };
    shelf.history.push(change);
    if (shelf.history.length > this.#historySize * 2) this.#forget(shelf, this.#historySize);
    for (const listener of shelf.listeners) listener(change);
    return stored;
  }

  /** Changes after `version`; undefined when history no longer reaches back that far. */
  since(kind: Kind, version: number): readonly Change[] | undefined {
    const { history, oldest } = this.#shelf(kind);
    if (version < oldest) return undefined;
    let low = 0;
    let high = history.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((history[middle]?.stored.version ?? 0) <= version) low = middle + 1;
      else high = middle;
    }
    return history.slice(low);
  }

  /** Forgets all history: every resourceVersion up to now is too old. */
  compact(): void {
    this.#version += 1;
    this.#compacted = this.#version;
    for (const shelf of this.#shelves.values()) {
      shelf.history = [];
      shelf.oldest = this.#compacted;
    }
  }

  subscribe(kind: Kind, listener: ChangeListener): () => void {
    const { listeners } = this.#shelf(kind);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  #forget(shelf: Shelf, keep: number): void {
    const gone = shelf.history.length - keep;
    shelf.oldest = shelf.history[gone - 1]?.stored.version ?? shelf.oldest;
    shelf.history = shelf.history.slice(gone);
  }

  #shelf(kind: Kind): Shelf {
    const storage = storageOf(kind);
    let shelf = this.#shelves.get(storage);
    if (shelf === undefined) {
      shelf = {
        objects: new Map(),
        sorted: undefined,
        history: [],
        oldest: this.#compacted,
        listeners: new Set(),
      };
      this.#shelves.set(storage, shelf);
    }
    return shelf;
  }
}
