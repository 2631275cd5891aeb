import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { rm } from 'node:fs/promises';
import { err, ok, type Result } from '../domain/result.ts';

/** Where a running controller takes deliberate acts: a Unix socket beside the ledger, never TCP. */
export function controlPath(ledgerPath: string): string {
  return `${ledgerPath}.sock`;
}

/** An act by name. It is given the request's JSON and answers JSON, at once or later; what it throws is told as why not. */
export type Acts = Readonly<Record<string, (input: unknown) => unknown>>;

const LARGEST_BODY = 4 * 1024 * 1024;

/** Serves acts to other processes of the same user. A socket file that a killed controller left is replaced. */
export async function serveControl(path: string, acts: Acts): Promise<Result<Server, string>> {
  await rm(path, { force: true });
  const server = createServer((incoming, response) => {
    const act = incoming.method === 'POST' ? acts[(incoming.url ?? '').slice(1)] : undefined;
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (act === undefined) {
      answer(404, { error: `this controller knows no act "${incoming.url ?? ''}"` });
      return;
    }
    readJson(incoming)
      .then((input) => act(input))
      .then((body) => answer(200, body ?? null))
      .catch((cause: unknown) =>
        answer(500, { error: cause instanceof Error ? cause.message : String(cause) }),
      );
  });
  return new Promise((resolve) => {
    server.once('error', (cause) => resolve(err(cause.message)));
    server.listen(path, () => resolve(ok(server)));
  });
}

/** Asks the running controller. `undefined`: none runs on this ledger. */
export async function askController(
  path: string,
  act: string,
  input: unknown,
  longestMs = 30_000,
): Promise<Result<unknown, string> | undefined> {
  return new Promise((resolve) => {
    const asked = request(
      { socketPath: path, path: `/${act}`, method: 'POST', timeout: longestMs },
      (response) => {
        readJson(response).then(
          (body) => resolve(response.statusCode === 200 ? ok(body) : err(errorIn(body))),
          (cause: unknown) => resolve(err(String(cause))),
        );
      },
    );
    asked.on('timeout', () =>
      asked.destroy(new Error(`the controller did not answer within ${longestMs / 1000} s`)),
    );
    asked.on('error', (cause: NodeJS.ErrnoException) => {
      const nobody = cause.code === 'ENOENT' || cause.code === 'ECONNREFUSED';
      resolve(nobody ? undefined : err(cause.message));
    });
    asked.end(JSON.stringify(input ?? null));
  });
}

async function readJson(stream: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of stream) {
    text += String(chunk);
    if (text.length > LARGEST_BODY) throw new Error('too large');
  }
  const value: unknown = text === '' ? undefined : JSON.parse(text);
  return value;
}

function errorIn(body: unknown): string {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : body;
  return typeof error === 'string' ? error : 'the controller answered nothing that can be read';
}
