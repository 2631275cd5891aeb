import type { Reply } from './faulty-answer.ts';
import type { JsonObject } from './json-value.ts';

/** An error answer of the API server: its code, reason and words. */
export class KubernetesRefusal extends Error {
  override readonly name = 'KubernetesRefusal';
  readonly code: number;
  readonly reason: string;
  readonly details: JsonObject;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: number,
    reason: string,
    message: string,
    details: JsonObject = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
    this.headers = headers;
  }

  /** The `Status` object that the body, or an ERROR event of a watch, carries. */
  get status(): JsonObject {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      ...(Object.keys(this.details).length > 0 && { details: this.details }),
      code: this.code,
    };
  }
}

export function objectMissing(resource: string, name: string): KubernetesRefusal {
  return new KubernetesRefusal(404, 'NotFound', `${resource} "${name}" not found`, { name, kind: resource });
}

export function alreadyExists(resource: string, name: string): KubernetesRefusal {
  return new KubernetesRefusal(409, 'AlreadyExists', `${resource} "${name}" already exists`, {
    name,
    kind: resource,
  });
}

export function conflict(resource: string, name: string): KubernetesRefusal {
  return new KubernetesRefusal(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${resource} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
    { name, kind: resource },
  );
}

export function badRequest(message: string): KubernetesRefusal {
  return new KubernetesRefusal(400, 'BadRequest', message);
}

/** @param problem a field's path, a colon and what is wrong with it. */
export function invalidObject(kind: string, name: string, problem: string): KubernetesRefusal {
  return new KubernetesRefusal(422, 'Invalid', `${kind} "${name}" is invalid: ${problem}`, { name, kind });
}

/** A watch or a list's next page from a version that history no longer holds. */
export function expired(message: string): KubernetesRefusal {
  return new KubernetesRefusal(410, 'Expired', message);
}

export function jsonReply(status: number, body: unknown): Reply {
  return textReply(status, JSON.stringify(body));
}

/** @param body JSON text. */
export function textReply(status: number, body: string): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body };
}

export function refusalReply(refusal: KubernetesRefusal): Reply {
  const reply = jsonReply(refusal.code, refusal.status);
  return { ...reply, headers: { ...reply.headers, ...refusal.headers } };
}

/** A path that no API serves is answered in plain text. */
export function pathMissing(): Reply {
  return {
    status: 404,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: '404 page not found\n',
  };
}
