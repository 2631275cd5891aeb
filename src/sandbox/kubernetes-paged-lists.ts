import type { StoredObject } from './kubernetes-object.ts';
import { badRequest, expired } from './kubernetes-refusal.ts';
import type { ObjectView } from './kubernetes-object-view.ts';

interface Snapshot {
  readonly items: readonly StoredObject[];
  readonly version: number;
}

/** Lists in pages. All pages of one list show the moment of its first; too many lists later, or compacted, it has expired. */
export class PagedLists {
  readonly #snapshots = new Map<string, Snapshot>();
  #count = 0;

  /** JSON text of the list's first page, or of its only one. @param limit 0 for no pages. */
  first(view: ObjectView, items: readonly StoredObject[], version: number, limit: number): string {
    if (limit === 0 || items.length <= limit) return listText(view, items, version, undefined, 0);
    this.#count += 1;
    const id = String(this.#count);
    this.#snapshots.set(id, { items, version });
    const oldest = this.#snapshots.keys().next().value;
    if (this.#snapshots.size > 64 && oldest !== undefined) this.#snapshots.delete(oldest);
    return this.#page(view, id, { items, version }, 0, limit);
  }

  /** Throws KubernetesRefusal: 410 for a token that has expired, 400 for one that never was. */
  next(view: ObjectView, token: string, limit: number): string {
    const [id = '', offset = ''] = Buffer.from(token, 'base64url').toString('utf8').split(':');
    if (!/^\d+$/.test(id) || !/^\d+$/.test(offset)) throw badRequest('continue key is not valid');
    const snapshot = this.#snapshots.get(id);
    if (snapshot === undefined) {
      throw expired(
        'The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.',
      );
    }
    return this.#page(view, id, snapshot, Number(offset), limit === 0 ? snapshot.items.length : limit);
  }

  /** Every continue token given out so far is too old. */
  expire(): void {
    this.#snapshots.clear();
  }

  #page(view: ObjectView, id: string, { items, version }: Snapshot, offset: number, limit: number): string {
    const end = offset + limit;
    const rest = Math.max(0, items.length - end);
    const token = rest === 0 ? undefined : Buffer.from(`${id}:${String(end)}`).toString('base64url');
    return listText(view, items.slice(offset, end), version, token, rest);
  }
}

function listText(
  view: ObjectView,
  items: readonly StoredObject[],
  version: number,
  token: string | undefined,
  rest: number,
): string {
  const metadata = {
    resourceVersion: String(version),
    ...(token !== undefined && { continue: token, remainingItemCount: rest }),
  };
  return view.listText(items, metadata);
}
