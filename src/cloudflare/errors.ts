import type { ApiProblemKind } from '../domain/write.ts';
import type { CloudflareError, Envelope } from './envelope.ts';

/**
 * Cloudflare's codes. There is no official list; these are those that its documentation and maintainers'
 * threads name. A 1004 only wraps: the code in its `error_chain` decides where the table has it.
 */
const KIND_OF_CODE: Readonly<Record<number, ApiProblemKind>> = {
  81057: 'exists',
  81058: 'exists',
  81053: 'type-conflict',
  81054: 'type-conflict',
  81055: 'type-conflict',
  81056: 'type-conflict',
  1032: 'not-found',
  81044: 'not-found',
  81045: 'quota',
  1004: 'invalid',
  9004: 'invalid',
  9005: 'invalid',
  9021: 'invalid',
  9039: 'invalid',
  9041: 'invalid',
  9207: 'invalid',
  9300: 'invalid',
  9313: 'invalid',
  6003: 'token-refused',
  6111: 'token-refused',
  9106: 'token-refused',
  9109: 'token-refused',
  10000: 'token-refused',
  971: 'rate-limited',
  10100: 'rate-limited',
  10429: 'rate-limited',
  1001: 'misconfigured',
  7000: 'misconfigured',
  7003: 'misconfigured',
};

/** Every code with a meaning of its own here. */
export const KNOWN_CODES: readonly number[] = Object.keys(KIND_OF_CODE).map(Number);

/** Said both of a token that is worth nothing and of a good one without the right to this zone. */
const REFUSED_OR_FORBIDDEN: readonly number[] = [9109, 10000];
const WORTHLESS_TOKEN = /invalid access token/i;

/** A refusal names one, or one and its cause. */
const MOST_CODES = 20;

/** What a call was for: decides between the kinds that share a status or a code. */
export interface Scope {
  readonly write: boolean;
  /** Whether the path names a zone, so that a refusal may concern that zone alone. */
  readonly inZone: boolean;
}

/**
 * The kind of an answer that is no success: by HTTP status, then by code; text only tells two meanings of one
 * code apart. An answer that is not Cloudflare's own refusal proves nothing, so a write is then in doubt.
 */
export function kindOfAnswer(status: number, envelope: Envelope | undefined, scope: Scope): ApiProblemKind {
  const unusable = scope.write ? 'in-doubt' : 'unavailable';
  if (status === 429) return 'rate-limited';
  if (status >= 500 || status === 408 || envelope === undefined || envelope.success) return unusable;
  const errors = innermostFirst(envelope.errors);
  const decisive = errors.find((error) => KIND_OF_CODE[error.code] !== undefined);
  if (status === 401) return 'token-refused';
  if (decisive !== undefined) return kindOfCode(decisive, status, scope) ?? unusable;
  if (status === 403) return 'forbidden';
  if (status < 400 || errors.length === 0) return unusable;
  return status === 404 ? 'not-found' : status === 405 ? 'misconfigured' : 'invalid';
}

function kindOfCode(error: CloudflareError, status: number, scope: Scope): ApiProblemKind | undefined {
  const oneZoneOnly = status === 403 && scope.inZone && REFUSED_OR_FORBIDDEN.includes(error.code);
  return oneZoneOnly && !WORTHLESS_TOKEN.test(error.message) ? 'forbidden' : KIND_OF_CODE[error.code];
}

/** The codes of an answer, each once, wrappers before what they wrap; the first ones where there are many. */
export function codesOf(envelope: Envelope | undefined): readonly number[] {
  if (envelope === undefined || envelope.success) return [];
  const codes = (errors: readonly CloudflareError[]): readonly number[] =>
    errors.flatMap((error) => [error.code, ...codes(error.chain)]);
  return [...new Set(codes(envelope.errors))].slice(0, MOST_CODES);
}

/** `1004 DNS Validation Error: 9021 Invalid TTL`; what the answer was instead where it named no error. */
export function describeAnswer(status: number, envelope: Envelope | undefined): string {
  if (envelope === undefined) return `HTTP ${String(status)} with a body that is not Cloudflare's`;
  const described = envelope.success ? [] : envelope.errors.map(describeError);
  return described.length === 0 ? `HTTP ${String(status)} without an error code` : described.join('; ');
}

function describeError(error: CloudflareError): string {
  const causes = error.chain.map(describeError).join('; ');
  const own = `${String(error.code)} ${error.message}`.trim();
  return causes === '' ? own : `${own}: ${causes}`;
}

function innermostFirst(errors: readonly CloudflareError[]): readonly CloudflareError[] {
  return errors.flatMap((error) => [...innermostFirst(error.chain), error]);
}
