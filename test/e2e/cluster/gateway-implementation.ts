import type { Api, Json, KubeObject } from './api.ts';
import { CONTROLLER } from './manifests.ts';

const MANAGER = 'gateway-implementation';

/** What an implementation of the Gateway API writes: statuses, by server-side apply, under a manager of its own. */
export class GatewayImplementation {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** @param addresses IP addresses, or host names */
  async program(gateway: KubeObject, addresses: readonly string[]): Promise<void> {
    const { apiVersion, kind, metadata, spec } = gateway;
    const listeners = (spec?.['listeners'] ?? []) as readonly { readonly name: string }[];
    const generation = generationOf(gateway);
    await this.#api.applyStatus(
      {
        apiVersion,
        kind,
        metadata: named(metadata),
        status: {
          addresses: addresses.map((value) => ({ type: addressType(value), value })),
          conditions: [condition('Accepted', generation), condition('Programmed', generation)],
          listeners: listeners.map(({ name }) => ({
            name,
            attachedRoutes: 0,
            supportedKinds: ['HTTPRoute', 'GRPCRoute', 'TLSRoute'].map((kind) => ({ kind })),
            conditions: [condition('Accepted', generation), condition('Programmed', generation)],
          })),
        },
      },
      MANAGER,
    );
  }

  async accept(route: KubeObject): Promise<void> {
    const { apiVersion, kind, metadata, spec } = route;
    const parents = (spec?.['parentRefs'] ?? []) as readonly Json[];
    const conditions = ['Accepted', 'ResolvedRefs'].map((type) => condition(type, generationOf(route)));
    await this.#api.applyStatus(
      {
        apiVersion,
        kind,
        metadata: named(metadata),
        status: {
          parents: parents.map((parentRef) => ({ parentRef, controllerName: CONTROLLER, conditions })),
        },
      },
      MANAGER,
    );
  }
}

function named({ name, namespace = '' }: KubeObject['metadata']): KubeObject['metadata'] {
  return { name, namespace };
}

function generationOf({ metadata }: KubeObject): number {
  return Number((metadata as Json)['generation'] ?? 1);
}

function addressType(value: string): string {
  return /^[\d.]+$|:/.test(value) ? 'IPAddress' : 'Hostname';
}

function condition(type: string, observedGeneration: number): Json {
  const lastTransitionTime = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  return { type, status: 'True', reason: type, message: '', observedGeneration, lastTransitionTime };
}
