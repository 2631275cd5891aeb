import { once } from 'node:events';
import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Cloudflare, type CloudflareOptions } from '../../src/cloudflare/cloudflare.ts';
import { createTransport } from '../../src/cloudflare/transport.ts';
import { GOOD_TOKEN } from './fake.ts';
import { problemOf, valueOf } from './harness.ts';

const zone = { id: 'a'.repeat(32), name: 'example.com', status: 'active' };
const deletion = [{ kind: 'delete', id: 'r1' }] as const;
const toClose: (() => Promise<void>)[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of toClose.splice(0).reverse()) await close();
});

/** A server on loopback, http as far as told. */
async function serve(server: net.Server): Promise<URL> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  toClose.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/client/v4`);
}

function serveHttp(listener: RequestListener): Promise<URL> {
  return serve(http.createServer(listener));
}

function client(baseUrl: URL, options: Partial<CloudflareOptions> = {}): Cloudflare {
  const made = new Cloudflare({
    baseUrl,
    token: () => GOOD_TOKEN,
    deadlineMs: 5000,
    now: Date.now,
    sleep: (ms, signal) => delay(Math.min(ms, 1), undefined, { signal }),
    random: () => 0,
    signal: new AbortController().signal,
    ...options,
  });
  toClose.push(() => made[Symbol.asyncDispose]());
  return made;
}

const emptyList = JSON.stringify({ success: true, result: [], result_info: { page: 1, total_count: 0 } });
const deleted = JSON.stringify({ success: true, result: { deletes: [{ id: 'r1' }] } });

function answer(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(body);
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('an answer that does not come whole', () => {
  const cases: [string, (request: IncomingMessage, response: ServerResponse) => void][] = [
    ['no headers', () => undefined],
    [
      'headers and half a body',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).write('{"success":true,"result":[');
      },
    ],
    [
      'an error status and half a body',
      (_request, response) => {
        response.writeHead(400, { 'content-type': 'application/json' }).write('{"success":false,');
      },
    ],
  ];

  test.each(cases)(
    '(%s, then silence) ends at the deadline: unavailable, or in doubt',
    async (_what, listener) => {
      const stalled = client(await serveHttp(listener), { deadlineMs: 80 });
      expect(problemOf(await stalled.zones()).kind).toBe('unavailable');
      expect(problemOf(await stalled.batch(zone, deletion)).kind).toBe('in-doubt');
    },
  );

  test.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
    ['a reset before headers', (request) => request.socket.resetAndDestroy()],
    [
      'a body cut short of its length',
      (request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
        response.write('{"success":true', () => request.socket.destroy());
      },
    ],
    [
      'a chunked body cut short, although its text is whole',
      (request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write(emptyList, () => request.socket.resetAndDestroy());
      },
    ],
  ])('(%s) is unavailable for a read, three times, and in doubt for a write', async (_what, listener) => {
    let calls = 0;
    const url = await serveHttp((request, response) => {
      calls += 1;
      listener(request, response);
    });
    const broken = client(url);
    expect(problemOf(await broken.zones()).kind).toBe('unavailable');
    expect(calls).toBe(3);
    expect(problemOf(await broken.batch(zone, deletion)).kind).toBe('in-doubt');
    expect(calls).toBe(4);
  });

  test('on a kept connection that the peer closed meanwhile leaves a write in doubt', async () => {
    const url = await serveHttp((request, response) => {
      if (request.method === 'POST') request.socket.destroy();
      else answer(response, emptyList);
    });
    const kept = client(url);
    valueOf(await kept.zones());
    expect(problemOf(await kept.batch(zone, deletion)).kind).toBe('in-doubt');
  });
});

describe('a write that was never sent is unavailable', () => {
  test('when the connection is refused', async () => {
    const refused = client(new URL(`http://127.0.0.1:${await freePort()}/client/v4`));
    const problem = problemOf(await refused.batch(zone, deletion));
    expect(problem).toMatchObject({ kind: 'unavailable' });
    expect(problem.message).toContain('ECONNREFUSED');
  });

  test('when TLS is not come to', async () => {
    const url = await serve(net.createServer((socket) => socket.destroy()));
    const plain = client(new URL(url.href.replace('http:', 'https:')));
    expect(problemOf(await plain.batch(zone, deletion)).kind).toBe('unavailable');
  });

  test('when TLS is not come to before the deadline', async () => {
    const url = await serve(net.createServer(() => undefined));
    const mute = client(new URL(url.href.replace('http:', 'https:')), { deadlineMs: 80 });
    expect(problemOf(await mute.batch(zone, deletion)).kind).toBe('unavailable');
  });

  test('when the client is closed', async () => {
    const closed = client(await serveHttp((_request, response) => answer(response, deleted)));
    await closed[Symbol.asyncDispose]();
    expect(problemOf(await closed.batch(zone, deletion)).kind).toBe('unavailable');
  });
});

describe('stopping', () => {
  test('ends a read on its way', async () => {
    const stop = new AbortController();
    const url = await serveHttp(() => {
      stop.abort();
    });
    expect(problemOf(await client(url, { signal: stop.signal }).zones()).kind).toBe('unavailable');
  });

  test('lets a write on its way come to its answer, and closing waits for it', async () => {
    const stop = new AbortController();
    const url = await serveHttp((_request, response) => {
      stop.abort();
      setTimeout(() => {
        answer(response, deleted);
      }, 30);
    });
    const stopping = client(url, { signal: stop.signal });
    const write = stopping.batch(zone, deletion);
    await once(stop.signal, 'abort');
    await stopping[Symbol.asyncDispose]();
    expect(valueOf(await write)).toEqual({ updated: [], created: [] });
  });
});

describe('a write that is held back', () => {
  const no = () => 'somebody else writes';

  test('does not leave, over a new connection or a kept one, and is not in doubt', async () => {
    const methods: unknown[] = [];
    const url = await serveHttp((request, response) => {
      methods.push(request.method);
      answer(response, request.method === 'GET' ? emptyList : deleted);
    });
    const guarded = client(url);
    expect(problemOf(await guarded.batch(zone, deletion, no))).toMatchObject({
      kind: 'unavailable',
      message: 'somebody else writes',
    });
    valueOf(await guarded.zones());
    expect(problemOf(await guarded.batch(zone, deletion, no)).kind).toBe('unavailable');
    expect(methods).toEqual(['GET']);
    valueOf(await guarded.batch(zone, deletion, () => undefined));
    expect(methods).toEqual(['GET', 'POST']);
  });

  test('is asked again once it has a connection, which may have been long in coming', async () => {
    const url = await serveHttp((_request, response) => void setTimeout(() => answer(response, deleted), 20));
    const guarded = client(url);
    const asked: number[] = [];
    // More than there may be connections: the last ones wait for one that stands already.
    const writes = Array.from({ length: 9 }, (_, index) =>
      guarded.batch(zone, deletion, () => {
        asked.push(index);
        return index === 8 ? 'too late' : undefined;
      }),
    );
    const answers = await Promise.all(writes);
    expect(answers.map(({ ok }) => ok)).toEqual([...Array<boolean>(8).fill(true), false]);
    expect(new Set(asked).size).toBe(9);
  });
});

describe('what goes out', () => {
  test('is our headers alone, whatever the environment of the client holds', async () => {
    vi.stubEnv('CLOUDFLARE_API_TOKEN', 'from-environment');
    vi.stubEnv('CLOUDFLARE_API_KEY', 'from-environment');
    vi.stubEnv('CLOUDFLARE_EMAIL', 'from@environment.example');
    vi.stubEnv('CLOUDFLARE_API_USER_SERVICE_KEY', 'from-environment');
    vi.stubEnv('CLOUDFLARE_BASE_URL', 'http://127.0.0.1:9/from-environment');
    vi.stubEnv(
      'CLOUDFLARE_CUSTOM_HEADERS',
      'Authorization: Bearer from-environment\nAPI-Version: 1999-01-01\nX-Auth-Key: from-environment',
    );
    vi.stubEnv('CLOUDFLARE_LOG', 'debug');
    const quiet = vi.spyOn(console, 'debug').mockReturnValue(undefined);
    const seen: IncomingMessage[] = [];
    const url = await serveHttp((request, response) => {
      seen.push(request);
      answer(response, request.method === 'GET' ? emptyList : deleted);
    });
    const plain = client(url);
    valueOf(await plain.zones());
    valueOf(await plain.batch(zone, deletion));
    expect(seen.map((request) => `${request.method} ${request.url}`)).toEqual([
      'GET /client/v4/zones?page=1&per_page=50',
      `POST /client/v4/zones/${zone.id}/dns_records/batch`,
    ]);
    expect(JSON.stringify(seen.map(({ headers }) => headers))).not.toContain('environment');
    expect(Object.keys(seen[1]?.headers ?? {}).toSorted()).toEqual([
      'accept',
      'api-version',
      'authorization',
      'connection',
      'content-length',
      'content-type',
      'host',
      'user-agent',
    ]);
    expect(seen[0]?.headers).toMatchObject({
      authorization: `Bearer ${GOOD_TOKEN}`,
      'api-version': expect.stringMatching(/^20[0-9-]{8}$/),
      'user-agent': 'routeflare',
    });
    expect(seen[0]?.headers['api-version']).not.toBe('1999-01-01');
    expect(quiet).not.toHaveBeenCalled();
    quiet.mockRestore();
  });

  test('goes over one kept connection', async () => {
    const ports = new Set<number | undefined>();
    const url = await serveHttp((request, response) => {
      ports.add(request.socket.remotePort);
      answer(response, emptyList);
    });
    const kept = client(url);
    for (let n = 0; n < 3; n += 1) valueOf(await kept.zones());
    expect(ports.size).toBe(1);
  });
});

test.each([
  'http://api.cloudflare.com/client/v4',
  'http://10.0.0.1/',
  'ftp://127.0.0.1/',
  'http://localhost.example/',
])('the base URL %s is refused, since the token would travel in clear', (url) => {
  expect(() => createTransport(new URL(url))).toThrow(TypeError);
});

test.each([
  'https://api.cloudflare.com/client/v4',
  'http://127.0.0.1:1/',
  'http://[::1]:1/',
  'http://localhost:1/',
])('the base URL %s is taken', (url) => {
  expect(() => {
    createTransport(new URL(url)).close();
  }).not.toThrow();
});
