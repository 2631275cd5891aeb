import type { JsonObject } from './json-value.ts';
import { asCoreEvent } from './kubernetes-event.ts';
import { apiVersion, type Kind } from './kubernetes-kinds.ts';
import { inVersion, type KubernetesObject, type StoredObject } from './kubernetes-object.ts';
import { tableOf } from './kubernetes-table.ts';

/** How objects of one kind look in one served version: as JSON text, or as the Table that kubectl asks for. */
export class ObjectView {
  readonly kind: Kind;
  readonly apiVersion: string;
  readonly #tableAt: (() => Date) | undefined;

  /** @param tableAt the clock of a Table's ages; undefined for plain objects. */
  constructor(kind: Kind, version: string, tableAt?: () => Date) {
    this.kind = kind;
    this.apiVersion = apiVersion(kind.group, version);
    this.#tableAt = tableAt;
  }

  object(stored: StoredObject): KubernetesObject {
    if (this.kind.kind === 'Event' && this.kind.group === '') return asCoreEvent(stored.object);
    return inVersion(stored.object, this.apiVersion);
  }

  text(stored: StoredObject): string {
    const { resourceVersion } = stored.object.metadata;
    if (this.#tableAt !== undefined) return this.#table([stored], { resourceVersion }, this.#tableAt());
    const object = this.object(stored);
    return object === stored.object ? stored.text : JSON.stringify(object);
  }

  listText(stored: readonly StoredObject[], metadata: JsonObject): string {
    if (this.#tableAt !== undefined) return this.#table(stored, metadata, this.#tableAt());
    const head = { kind: `${this.kind.kind}List`, apiVersion: this.apiVersion, metadata };
    const items = stored.map((item) => this.#itemText(item)).join(',');
    return `${JSON.stringify(head).slice(0, -1)},"items":[${items}]}`;
  }

  #table(stored: readonly StoredObject[], metadata: JsonObject, now: Date): string {
    const objects = stored.map((item) => this.object(item));
    return JSON.stringify(tableOf(this.kind, objects, metadata, now));
  }

  /** Items of a built-in kind's list have neither apiVersion nor kind; custom resources have both. */
  #itemText(stored: StoredObject): string {
    if (this.kind.group === 'gateway.networking.k8s.io') return this.text(stored);
    const { apiVersion: _apiVersion, kind: _kind, ...item } = this.object(stored);
    return JSON.stringify(item);
  }
}
