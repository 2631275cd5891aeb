import type { ServerResponse } from 'node:http';

export type Family = 'ipv4' | 'ipv6';

/**
 * How a voter answers. Absent an override it tells the address of its family truthfully.
 * - `text`: exactly this body, so a lie, a blank or a page in another format
 * - `newline`: the address with white space around it
 * - `hang`: no answer at all; `slow-body`: its head and a first byte, nothing more
 * - `large`: one megabyte that begins with the address
 * - `warp`: a trace that admits to come through WARP
 */
export type EchoBehaviour =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'html' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'newline' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'slow-body' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'large' }
  | { readonly kind: 'warp' };

export interface Question {
  /** Undefined: there is no network of that family. */
  readonly address: string | undefined;
  /** In the format of Cloudflare's `cdn-cgi/trace`. */
  readonly trace: boolean;
  /** The request's Host header without its port. */
  readonly host: string;
  readonly behaviour: EchoBehaviour | undefined;
}

/** @returns the HTTP status that was sent; undefined where the socket was reset or left hanging. */
export function answerVoter(response: ServerResponse, question: Question): number | undefined {
  const { address, behaviour } = question;
  const send = (status: number, body: string, headers: Record<string, string> = {}): number => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers });
    response.end(body);
    return status;
  };
  if (address === undefined && behaviour === undefined) {
    response.socket?.resetAndDestroy();
    return undefined;
  }
  const honest = question.trace ? traceOf(question, 'off') : (address ?? '');
  switch (behaviour?.kind) {
    case undefined:
      return send(200, honest);
    case 'text':
      return send(
        200,
        question.trace ? traceOf({ ...question, address: behaviour.text }, 'off') : behaviour.text,
      );
    case 'html':
      return send(200, '<!doctype html><title>Sign in</title>', { 'content-type': 'text/html' });
    case 'empty':
      return send(200, '');
    case 'newline':
      return send(200, ` ${honest}\r\n\n`);
    case 'hang':
      return undefined;
    case 'slow-body':
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '64' });
      response.write('2');
      return 200;
    case 'reset':
      response.socket?.resetAndDestroy();
      return undefined;
    case 'status':
      return send(behaviour.status, 'Internal Server Error');
    case 'redirect':
      return send(302, '', { location: behaviour.location });
    case 'large':
      return send(200, honest.padEnd(1_048_576, '\n'));
    case 'warp':
      return send(200, traceOf(question, 'on'));
  }
}

function traceOf({ address, host }: Question, warp: 'on' | 'off'): string {
  return [
    'fl=1f1',
    `h=${host}`,
    `ip=${address ?? ''}`,
    'ts=1790000000.000',
    'visit_scheme=https',
    'uag=sandbox',
    'colo=ZZZ',
    'sliver=none',
    'http=http/1.1',
    'loc=XX',
    'tls=TLSv1.3',
    'sni=plaintext',
    `warp=${warp}`,
    'gateway=off',
    'rbi=off',
    'kex=X25519',
    '',
  ].join('\n');
}
