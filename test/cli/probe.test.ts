import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { probe } from '../../src/cli/probe.ts';
import { runCommand } from './captured-context.ts';

/** An echo service that always says the same; each is an operator of its own by its port. */
async function echo(body: string): Promise<string> {
  const server = createServer((_request, response) => response.end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
}

async function voters(v4: readonly string[], v6: readonly string[]) {
  return {
    DDNS_IPV4_VOTERS: (await Promise.all(v4.map(echo))).join(','),
    DDNS_IPV6_VOTERS: (await Promise.all(v6.map(echo))).join(','),
  };
}

describe('routeflare probe', () => {
  it('confirms by quorum in one round, and shows every vote', async () => {
    const env = await voters(['93.184.216.34\n', '93.184.216.34', '10.0.0.1'], ['<html>', '93.184.216.34']);
    const { code, out } = await runCommand(probe, ['probe', '--output', 'json'], env);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([
      {
        family: 4,
        status: 'confirmed',
        address: '93.184.216.34',
        votes: [
          { address: '93.184.216.34' },
          { address: '93.184.216.34' },
          { refused: expect.stringContaining('10.0.0.1') },
        ],
      },
      {
        family: 6,
        status: 'unavailable',
        votes: [{ refused: expect.any(String) }, { refused: expect.any(String) }],
      },
    ]);
  });

  it('says it to people, with the reason of every vote that does not count', async () => {
    const env = await voters(['93.184.216.34', '93.184.216.34'], ['<html>', '2606:4700::1']);
    const { code, out } = await runCommand(probe, ['probe'], env);
    expect(code).toBe(0);
    expect(out).toMatch(/^IPv4 is confirmed: 93\.184\.216\.34$/m);
    expect(out).toMatch(/^IPv6 is unavailable$/m);
    expect(out).toMatch(/^VOTER +OPERATOR +ANSWER$/m);
    expect(out).toContain('not an IP address');
  });

  it('exits 1 when no family is confirmed', async () => {
    const env = await voters(['93.184.216.34', '93.184.216.35'], ['', '']);
    const { code, out } = await runCommand(probe, ['probe'], env);
    expect(code).toBe(1);
    expect(out).toMatch(/^IPv4 is conflict: 93\.184\.216\.34, 93\.184\.216\.35$/m);
  });

  it('needs no token, and tells bad settings of its own', async () => {
    const ran = await runCommand(probe, ['probe'], { DDNS_QUORUM: 'two' });
    expect(ran).toMatchObject({
      code: 1,
      out: '',
      err: 'routeflare: a setting cannot be used:\n  DDNS_QUORUM: "two" is not allowed: a whole number from 1 to 20\n',
    });
  });
});
