import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { builtInVoters, echoVoter, urlVoters } from '../../src/ddns/voters.ts';
import type { Vote } from '../../src/domain/egress.ts';
import { loopbackHosts, saying, startEchoServer, traceBody } from './echo-server.ts';

const NEVER = new AbortController().signal;

async function ask(url: URL, deadlineMs = 5_000, signal = NEVER): Promise<Vote> {
  const [voter] = urlVoters(4, [url], deadlineMs);
  if (voter === undefined) throw new Error('no voter');
  return voter.ask(signal);
}

describe('a configured voter', () => {
  it('votes with the address, under its host as operator', async () => {
    await using server = await startEchoServer(saying(' 81.2.69.142\r\n'));
    const { host } = server.url;
    expect(await ask(server.url)).toEqual({ voter: host, operator: host, address: '81.2.69.142' });
  });

  it('reads a trace', async () => {
    await using server = await startEchoServer(saying(traceBody({})));
    expect(await ask(server.url)).toMatchObject({ address: '81.2.69.142' });
  });

  it.each([
    ['an HTML page', saying('<!doctype html><title>Sign in</title>'), /not an IP address/],
    ['nothing', saying(''), /empty/],
    ['a trace through WARP', saying(traceBody({ warp: 'on' })), /warp/],
    ['a zone suffix', saying('fe80::1%eth0'), /not an IP address/],
    ['leading zeros', saying('081.002.069.142'), /not an IP address/],
    ['a megabyte', saying('81.2.69.142'.padEnd(1_048_576, '\n')), /longer than 4096/],
  ])('refuses %s', async (_name, answer, why) => {
    await using server = await startEchoServer(answer);
    const vote = await ask(server.url);
    expect(vote.refused).toMatch(why);
    expect(vote.address).toBeUndefined();
  });

  it('refuses a megabyte that is sent without a length', async () => {
    await using server = await startEchoServer((_request, response) => {
      response.writeHead(200);
      for (let sent = 0; sent < 1_048_576; sent += 65_536) response.write('\n'.repeat(65_536));
      response.end();
    });
    expect((await ask(server.url)).refused).toMatch(/longer than 4096/);
  });

  it('follows no redirect', async () => {
    await using target = await startEchoServer(saying('81.2.69.142'));
    await using server = await startEchoServer((_request, response) => {
      response.writeHead(302, { location: target.url.href }).end('81.2.69.142');
    });
    expect((await ask(server.url)).refused).toBe('HTTP status 302');
    expect(target.requests).toHaveLength(0);
  });

  it.each([204, 403, 429, 500])('refuses the status %i', async (status) => {
    await using server = await startEchoServer((_request, response) => {
      response.writeHead(status).end(status === 204 ? undefined : '81.2.69.142');
    });
    expect((await ask(server.url)).refused).toBe(`HTTP status ${status}`);
  });

  it('gives up on a service that hangs', async () => {
    await using server = await startEchoServer(() => undefined);
    expect((await ask(server.url, 50)).refused).toMatch(/in time/);
  });

  it('gives up on a body that does not end', async () => {
    await using server = await startEchoServer((_request, response) => {
      response.writeHead(200, { 'content-length': '64' }).write('81.2.69.142');
    });
    expect((await ask(server.url, 50)).refused).toMatch(/in time/);
  });

  it('does not take a body that was cut off for a whole one', async () => {
    await using server = await startEchoServer((_request, response) => {
      response.writeHead(200, { 'content-length': '11' }).write('81.2.69.1', () => response.destroy());
    });
    const vote = await ask(server.url);
    expect(vote.address).toBeUndefined();
    expect(vote.refused).toBeDefined();
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    await using server = await startEchoServer(() => stop.abort());
    expect((await ask(server.url, 5_000, stop.signal)).refused).toMatch(/given up/);
  });

  it('says when the connection is cut or refused', async () => {
    const server = await startEchoServer((request) => request.socket.resetAndDestroy());
    expect((await ask(server.url)).refused).toMatch(/cut/);
    await server[Symbol.asyncDispose]();
    expect((await ask(server.url)).refused).toMatch(/refused/);
  });

  it('asks in the clear on loopback only', async () => {
    expect((await ask(new URL('http://echo.example/'))).refused).toMatch(/loopback only/);
    expect((await ask(new URL('http://192.168.1.1/'))).refused).toMatch(/loopback only/);
  });

  it('wants TLS where the URL says https', async () => {
    await using server = await startEchoServer(saying('81.2.69.142'));
    const vote = await ask(new URL(`https://${server.url.host}/`));
    expect(vote.address).toBeUndefined();
    expect(vote.refused).toMatch(/failed|cut/);
  });

  it('keeps no connection between rounds', async () => {
    await using server = await startEchoServer(saying('81.2.69.142'));
    await ask(server.url);
    await ask(server.url);
    expect(server.connections()).toBe(2);
    expect(server.requests.map(({ headers }) => headers.connection)).toEqual(['close', 'close']);
  });

  it('uses the transport of its family', async () => {
    await using server = await startEchoServer(saying('81.2.69.142'));
    const byName = new URL(`http://localhost:${server.url.port}/`);
    const [over4] = urlVoters(4, [byName]);
    const [over6] = urlVoters(6, [byName]);
    expect((await over6?.ask(NEVER))?.refused).toBeDefined();
    expect(server.requests).toHaveLength(0);
    expect((await over4?.ask(NEVER))?.address).toBe('81.2.69.142');
  });

  it.each(loopbackHosts())('asks the IP literal %s as it stands, for either family', async (host) => {
    await using server = await startEchoServer(saying('81.2.69.142'), host);
    for (const family of [4, 6] as const) {
      const [voter] = urlVoters(family, [server.url]);
      expect((await voter?.ask(NEVER))?.address).toBe('81.2.69.142');
    }
  });

  it('keeps the rest of its URL to itself', async () => {
    await using server = await startEchoServer((_request, response) => response.writeHead(500).end());
    const vote = await ask(new URL('/secret-path?token=hush', server.url));
    expect(JSON.stringify(vote)).not.toMatch(/secret-path|hush/);
  });

  it('shares its operator with the other URLs of its host, not its name', () => {
    const voters = urlVoters(4, [new URL('https://a.example/1'), new URL('https://a.example/2')]);
    expect(voters.map(({ operator }) => operator)).toEqual([['a.example'], ['a.example']]);
    expect(new Set(voters.map(({ name }) => name)).size).toBe(2);
  });
});

describe('a voter with two hosts', () => {
  const over = (urls: readonly URL[], hedgeMs: number) =>
    echoVoter({
      name: 'trace',
      operator: ['x'],
      family: 4,
      format: 'text',
      urls,
      hedgeMs,
      deadlineMs: 2_000,
    });

  it('asks the second only when the first fails', async () => {
    await using broken = await startEchoServer((_request, response) => response.writeHead(503).end());
    await using good = await startEchoServer(saying('81.2.69.142'));
    expect((await over([good.url, broken.url], 60_000).ask(NEVER)).address).toBe('81.2.69.142');
    expect(broken.requests).toHaveLength(0);
    expect((await over([broken.url, good.url], 60_000).ask(NEVER)).address).toBe('81.2.69.142');
  });

  it('does not wait for a first one that hangs, and drops it', async () => {
    const dropped = Promise.withResolvers<void>();
    await using hanging = await startEchoServer((request) => {
      void once(request.socket, 'close').then(() => dropped.resolve());
    });
    await using good = await startEchoServer(saying('81.2.69.142'));
    expect((await over([hanging.url, good.url], 10).ask(NEVER)).address).toBe('81.2.69.142');
    await dropped.promise;
  });

  it('says of both why they failed', async () => {
    await using one = await startEchoServer((_request, response) => response.writeHead(503).end());
    await using two = await startEchoServer((_request, response) => response.writeHead(404).end());
    expect((await over([one.url, two.url], 60_000).ask(NEVER)).refused).toBe(
      'HTTP status 503; HTTP status 404',
    );
  });
});

describe('the built-in voters', () => {
  it.each([4, 6] as const)('of IPv%i have three operators and public-ip beside them', (family) => {
    const voters = builtInVoters(family);
    const operators = voters
      .filter(({ operator }) => operator.length === 1)
      .flatMap(({ operator }) => operator);
    expect(new Set(operators).size).toBe(3);
    expect(voters.find(({ name }) => name === 'public-ip')?.operator).toEqual(['cloudflare', 'ipify']);
  });
});
