import { APIConnectionError, APIError, APIUserAbortError } from 'cloudflare/error';
import { parseJson } from './json.ts';
import { TransportError } from './transport.ts';

/**
 * What came of one HTTP request. `body` is the parsed JSON, `undefined` where there was none. `silence` is no
 * whole answer; `sent`: whether the request may have arrived all the same.
 */
export type Exchange =
  | { readonly kind: 'answer'; readonly status: number; readonly headers: Headers; readonly body: unknown }
  | { readonly kind: 'silence'; readonly sent: boolean; readonly why: string };

/**
 * Runs one request of the client and brings its ways of failing to one form. Nothing of an exception's text
 * goes on: the client's texts quote bodies and headers.
 */
export async function exchange(send: () => Promise<Response>): Promise<Exchange> {
  try {
    const response = await send();
    const body = isJson(response.headers) ? parseJson(await response.text()) : undefined;
    return { kind: 'answer', status: response.status, headers: response.headers, body };
  } catch (error) {
    if (error instanceof APIConnectionError && error.cause instanceof TransportError) {
      return { kind: 'silence', sent: error.cause.sent, why: error.cause.message };
    }
    if (error instanceof APIError && typeof error.status === 'number' && error.headers instanceof Headers) {
      const { headers, status } = error;
      return { kind: 'answer', status, headers, body: isJson(headers) ? error.error : undefined };
    }
    if (error instanceof APIUserAbortError) return { kind: 'silence', sent: true, why: 'stopping' };
    return { kind: 'silence', sent: true, why: 'the request failed in the client' };
  }
}

function isJson(headers: Headers): boolean {
  const [type = ''] = (headers.get('content-type') ?? '').split(';');
  return /^application\/([a-z.-]+\+)?json$/i.test(type.trim());
}
