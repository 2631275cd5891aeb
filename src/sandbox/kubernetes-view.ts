import { asCoreEvent } from './kubernetes-event.ts';
import { apiVersion, type Kind } from './kubernetes-kinds.ts';
import { inVersion, type KubernetesObject, type StoredObject } from './kubernetes-object.ts';

/** How objects of one kind look in one served version. */
export class ObjectView {
  readonly kind: Kind;
  readonly apiVersion: string;

  constructor(kind: Kind, version: string) {
    this.kind = kind;
    this.apiVersion = apiVersion(kind.group, version);
  }

  object(stored: StoredObject): KubernetesObject {
    if (this.kind.kind === 'Event' && this.kind.group === '') return asCoreEvent(stored.object);
    return inVersion(stored.object, this.apiVersion);
  }

  text(stored: StoredObject): string {
    const object = this.object(stored);
    return object === stored.object ? stored.text : JSON.stringify(object);
  }

  /** Items of a built-in kind's list have neither apiVersion nor kind; custom resources have both. */
  itemText(stored: StoredObject): string {
    if (this.kind.group === 'gateway.networking.k8s.io') return this.text(stored);
    const { apiVersion: _apiVersion, kind: _kind, ...item } = this.object(stored);
    return JSON.stringify(item);
  }
}
