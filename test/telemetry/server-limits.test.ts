import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { plain, servePages, type PageServer } from '../../src/telemetry/server.ts';

let server: PageServer;
const sockets: Socket[] = [];

beforeEach(async () => {
  const pages = {
    '/healthz': () => plain(200, 'ok\n'),
    '/much': () => plain(200, 'x'.repeat(8_000_000)),
  };
  const started = await servePages({ host: '127.0.0.1', port: 0 }, pages, (cause) => {
    throw cause;
  });
  if (!started.ok) throw new Error(started.error);
  server = started.value;
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.close();
});

async function open(): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Sends raw bytes and answers all that came until the server ended the connection. */
async function exchange(bytes: string | Buffer, socket?: Socket): Promise<string> {
  const used = socket ?? (await open());
  let answer = '';
  used.setEncoding('latin1').on('data', (text: string) => (answer += text));
  // Not `once`, which would reject on a reset: a server may end so what it does not want to read.
  const closed = new Promise<void>((resolve) => used.on('close', () => resolve()));
  used.write(bytes);
  await closed;
  return answer;
}

function isAlive(): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: server.port, path: '/healthz', agent: false },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

test('a request whose head never ends is cut off, and meanwhile the probe is answered', async () => {
  const slow = Array.from({ length: 20 }, () => exchange('GET /healthz HTTP/1.1\r\nhost: a\r\nx: '));
  expect(await isAlive()).toBe(200);
  for (const answer of await Promise.all(slow)) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
});

test('a body that never ends holds nothing: the answer comes at once and the connection ends', async () => {
  const answer = await exchange('GET /healthz HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000000\r\n\r\nx');
  expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*connection: close[^]*ok\n$/i);
});

test.each([
  ['one huge header', `GET /healthz HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(17_000)}\r\n\r\n`],
  ['very many headers', `GET /healthz HTTP/1.1\r\nhost: a\r\n${'x: y\r\n'.repeat(3_000)}\r\n`],
  ['a huge address', `GET /${'a'.repeat(17_000)} HTTP/1.1\r\nhost: a\r\n\r\n`],
])('%s is refused', async (_, head) => {
  expect(await exchange(head)).toMatch(/^HTTP\/1\.1 431 /);
});

test('a head of a megabyte is not read to its end', async () => {
  expect(
    await exchange(`GET /healthz HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(1_000_000)}\r\n\r\n`),
  ).not.toMatch(/^HTTP\/1\.1 200 /);
  expect(await isAlive()).toBe(200);
});

test('a crowd that holds its connections keeps no probe out: the oldest make way', async () => {
  const crowd = await Promise.all(Array.from({ length: 300 }, open));
  const ended = crowd.map((socket) => once(socket, 'close'));
  expect(await isAlive()).toBe(200);
  await Promise.all(ended.slice(0, 150));
  expect(crowd.at(-1)?.closed).toBe(false);
});

test('a client that takes no answer does not keep the server from closing', async () => {
  const lazy = await open();
  lazy.pause();
  lazy.write('GET /much HTTP/1.1\r\nhost: a\r\n\r\n');
  expect(await isAlive()).toBe(200);
  await server.close();
});

test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'])(
  '%s is not allowed, with or without a body',
  async (method) => {
    for (const body of ['', 'hello']) {
      const answer = await exchange(
        `${method} /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 405 [^]*allow: GET, HEAD/i);
    }
  },
);

test('CONNECT and a change of protocol open nothing', async () => {
  const tunnel = await exchange('CONNECT example.com:443 HTTP/1.1\r\nhost: a\r\n\r\n');
  expect(tunnel).not.toMatch(/^HTTP\/1\.1 2/);
  const upgrade = await exchange(
    'GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: upgrade, close\r\nupgrade: websocket\r\n\r\n',
  );
  expect(upgrade).not.toMatch(/^HTTP\/1\.1 101/);
});

test.each([
  '/../healthz',
  '/healthz/../healthz',
  '/./healthz',
  '/%2e%2e/healthz',
  '/%68ealthz',
  '//healthz',
  '/healthz%00',
  '/etc/passwd',
  '/..%2f..%2fetc/passwd',
  'http://a/healthz',
  '*',
  '/__proto__',
  '/hasOwnProperty',
])('%s is not a page', async (path) => {
  const answer = await exchange(`GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 (404|400) /);
});

test('two requests that are one smuggled into the other are told apart or refused', async () => {
  const answer = await exchange(
    'POST /healthz HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /much HTTP/1.1\r\nhost: a\r\n\r\n',
  );
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
});

test('whatever bytes are sent, it answers the next', async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 2_000 }).map((array) => Buffer.from(array)),
    fc
      .tuple(fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ unit: 'binary', maxLength: 200 }))
      .map(([path, header]) => Buffer.from(`GET /${path} HTTP/1.1\r\nhost: ${header}\r\n\r\n`)),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (sent) => {
      const socket = await open();
      socket.write(sent);
      socket.end();
      socket.resume();
      await new Promise<void>((resolve) => socket.on('close', () => resolve()));
    }),
    { numRuns: 60 },
  );
  expect(await isAlive()).toBe(200);
});
