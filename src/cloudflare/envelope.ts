import { isObject, type JsonObject } from './json.ts';

/** One error of an answer, the causes that Cloudflare nests in `error_chain` unwrapped, outermost first. */
export interface CloudflareError {
  readonly code: number;
  readonly message: string;
  readonly chain: readonly CloudflareError[];
}

export interface Success {
  readonly success: true;
  readonly result: unknown;
  readonly resultInfo: JsonObject | undefined;
}

interface Failure {
  readonly success: false;
  readonly errors: readonly CloudflareError[];
}

/** The frame around every answer of the v4 API; `undefined` when the body is something else. */
export type Envelope = Success | Failure;

/** How deep a chain of causes is followed; Cloudflare nests one level. */
const CHAIN_DEPTH = 4;
/** How many errors of one list are read; they go into logs and the history. */
const MOST_ERRORS = 10;

export function parseEnvelope(body: unknown): Envelope | undefined {
  if (!isObject(body)) return undefined;
  if (body['success'] === true) {
    const info = body['result_info'];
    return { success: true, result: body['result'], resultInfo: isObject(info) ? info : undefined };
  }
  if (body['success'] === false) return { success: false, errors: parseErrors(body['errors'], CHAIN_DEPTH) };
  return undefined;
}

function parseErrors(value: unknown, depth: number): readonly CloudflareError[] {
  if (!Array.isArray(value) || depth === 0) return [];
  const items: readonly unknown[] = value;
  return items.slice(0, MOST_ERRORS).flatMap((item) => {
    if (!isObject(item)) return [];
    const { code, message, error_chain: chain } = item;
    if (typeof code !== 'number' || !Number.isSafeInteger(code)) return [];
    const text = typeof message === 'string' ? message : '';
    return [{ code, message: text, chain: parseErrors(chain, depth - 1) }];
  });
}
