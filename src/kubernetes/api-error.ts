import { fieldAt, isJsonObject, listAt, numberAt, textAt } from './json-fields.ts';

/**
 * Why a call to the API server gave no answer to work with.
 * - `unreachable`: no complete answer: network, TLS, a deadline, or no credentials to send.
 * - `gone`: a resourceVersion or continue token that the server no longer has (or, restored from a backup, not yet).
 * - `other-cluster`: another cluster answers in the place of ours.
 * - `bad-answer`: an answer that is not what the API promises, or any other status.
 */
type ApiErrorKind =
  | 'unreachable'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'gone'
  | 'conflict'
  | 'throttled'
  | 'server'
  | 'other-cluster'
  | 'bad-answer';

/** `message` is the API server's own words where it gave any; it never holds credentials. `status` is 0 without an answer. */
export interface ApiError {
  readonly kind: ApiErrorKind;
  readonly status: number;
  readonly message: string;
  readonly retryAfterMs: number | undefined;
}

export function unreachable(message: string): ApiError {
  return { kind: 'unreachable', status: 0, message, retryAfterMs: undefined };
}

export function badAnswer(message: string, status = 200): ApiError {
  return { kind: 'bad-answer', status, message, retryAfterMs: undefined };
}

/** Longer `Retry-After` values are cut to this: a proxy's maintenance page must not silence us for a day. */
const RETRY_AFTER_LIMIT_MS = 300_000;

/**
 * Reads an answer that is not a success, or the `Status` object of a watch's ERROR event.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
 */
export function errorOfAnswer(status: number, body: string, retryAfter: string | undefined): ApiError {
  const parsed = parseOrUndefined(body);
  if (isJsonObject(parsed)) return errorOfStatus(parsed, status, retryAfter);
  const words = body.replaceAll(/\s+/g, ' ').trim().slice(0, 200);
  return {
    kind: kindOf(status),
    status,
    message: words === '' ? `HTTP status ${status}` : words,
    retryAfterMs: retryAfterMs(retryAfter, undefined),
  };
}

export function errorOfStatus(status: unknown, httpStatus: number, retryAfter?: string): ApiError {
  const code = numberAt(status, 'code') ?? httpStatus;
  const causes = listAt(status, 'details', 'causes');
  const lost =
    textAt(status, 'reason') === 'Expired' ||
    causes.some((cause) => fieldAt(cause, 'reason') === 'ResourceVersionTooLarge');
  return {
    kind: lost ? 'gone' : kindOf(code),
    status: code,
    message: textAt(status, 'message') ?? textAt(status, 'reason') ?? `HTTP status ${code}`,
    retryAfterMs: retryAfterMs(retryAfter, numberAt(status, 'details', 'retryAfterSeconds')),
  };
}

function kindOf(status: number): ApiErrorKind {
  if (status >= 500) return 'server';
  return KIND_OF_STATUS[status] ?? 'bad-answer';
}

const KIND_OF_STATUS: Readonly<Record<number, ApiErrorKind>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  410: 'gone',
  429: 'throttled',
};

function retryAfterMs(header: string | undefined, seconds: number | undefined): number | undefined {
  const asked = header === undefined ? seconds : Number(header);
  if (asked === undefined || !Number.isFinite(asked) || asked <= 0) return undefined;
  return Math.min(asked * 1000, RETRY_AFTER_LIMIT_MS);
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
