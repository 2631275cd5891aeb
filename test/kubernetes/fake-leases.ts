import type { ApiError } from '../../src/kubernetes/api-error.ts';
import type { ApiRequest } from '../../src/kubernetes/connection.ts';
import type { Result } from '../../src/domain/result.ts';

interface Stored {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** The Leases of one namespace, by the API server's rules: names, resourceVersions, 404, 409. */
export class FakeLeases {
  readonly calls: string[] = [];
  /** Verbs that RBAC forbids. */
  forbidden = new Set<'get' | 'create' | 'update'>();
  /** Why there is no answer; `after` the write was made. */
  fault: { readonly kind: 'before' | 'after' | 401 } | undefined;
  #lease: Stored | undefined;
  #version = 0;

  get holder(): unknown {
    return this.#lease?.spec['holderIdentity'];
  }

  get lease(): Stored | undefined {
    return this.#lease;
  }

  /** A write by other hands. */
  edit(change: (lease: Stored) => Stored | undefined): void {
    if (this.#lease === undefined) return;
    const next = change(this.#lease);
    this.#lease = next === undefined ? undefined : this.#stored(next);
  }

  async json(request: ApiRequest): Promise<Result<unknown, ApiError>> {
    const { method } = request;
    this.calls.push(method);
    if (this.fault?.kind === 'before') return refusal('unreachable', 0);
    if (this.fault?.kind === 401) return refusal('unauthorized', 401);
    const verb = method === 'GET' ? 'get' : method === 'POST' ? 'create' : 'update';
    if (this.forbidden.has(verb)) return refusal('forbidden', 403);
    const answer = this.#answer(method, request.body);
    return this.fault?.kind === 'after' ? refusal('unreachable', 0) : answer;
  }

  #answer(method: string, body: unknown): Result<unknown, ApiError> {
    if (method === 'GET')
      return this.#lease === undefined ? refusal('not-found', 404) : { ok: true, value: this.#lease };
    if (!isStored(body)) return refusal('bad-answer', 400);
    if (method === 'POST') {
      if (this.#lease !== undefined) return refusal('conflict', 409);
    } else if (this.#lease === undefined) return refusal('not-found', 404);
    else if (body.metadata['resourceVersion'] !== this.#lease.metadata['resourceVersion'])
      return refusal('conflict', 409);
    this.#lease = this.#stored(body);
    return { ok: true, value: this.#lease };
  }

  #stored({ metadata, spec }: Stored): Stored {
    this.#version += 1;
    return structuredClone({ metadata: { ...metadata, resourceVersion: String(this.#version) }, spec });
  }
}

function isStored(body: unknown): body is Stored {
  return typeof body === 'object' && body !== null && 'metadata' in body && 'spec' in body;
}

function refusal(kind: ApiError['kind'], status: number): Result<never, ApiError> {
  return { ok: false, error: { kind, status, message: `it is ${kind}`, retryAfterMs: undefined } };
}
