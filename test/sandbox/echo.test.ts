import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EchoBehaviour } from '../../src/sandbox/echo-voter.ts';
import { SandboxEcho } from '../../src/sandbox/sandbox-echo.ts';
import { ask } from './http-client.ts';

let echo: SandboxEcho;

beforeEach(async () => {
  echo = await SandboxEcho.start({ ipv4: '203.0.113.7', ipv6: '2001:db8::7' });
});
afterEach(async () => echo.close());

describe('voters', () => {
  it('tell the address of their family, each at a host of its own', async () => {
    expect(new Set(echo.voters('ipv4').map((url) => new URL(url).host)).size).toBe(3);
    expect((await ask(echo.voter('ipify4'))).text).toBe('203.0.113.7');
    expect((await ask(echo.voter('third6'))).text).toBe('2001:db8::7');
    expect((await ask(`${echo.url}/third4`)).text).toBe('203.0.113.7');
  });

  it('tell it as a trace', async () => {
    const { text } = await ask(echo.voter('trace4'));
    const trace = Object.fromEntries(
      text
        .trim()
        .split('\n')
        .map((line) => line.split('=')),
    );
    expect(trace).toMatchObject({ ip: '203.0.113.7', h: '127.0.0.1', warp: 'off', gateway: 'off' });
  });

  it('follow the address, and reset where the family is gone', async () => {
    echo.setAddress('ipv4', '203.0.113.8');
    expect((await ask(echo.voter('ipify4'))).text).toBe('203.0.113.8');
    echo.setAddress('ipv6', undefined);
    await expect(ask(echo.voter('ipify6'))).rejects.toThrow();
  });

  it.each<[EchoBehaviour, number, RegExp]>([
    [{ kind: 'text', text: '198.51.100.1' }, 200, /^198\.51\.100\.1$/],
    [{ kind: 'html' }, 200, /^<!doctype html>/],
    [{ kind: 'empty' }, 200, /^$/],
    [{ kind: 'newline' }, 200, /^ 203\.0\.113\.7\r\n\n$/],
    [{ kind: 'status', status: 500 }, 500, /Error/],
    [{ kind: 'redirect', location: 'http://127.0.0.1/' }, 302, /^$/],
    [{ kind: 'large' }, 200, /^203\.0\.113\.7\n{1000}/],
  ])('misbehave as told: %o', async (behaviour, status, text) => {
    echo.behave('ipify4', behaviour);
    const answer = await ask(echo.voter('ipify4'));
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(text);
    expect((await ask(echo.voter('third4'))).text).toBe('203.0.113.7');
  });

  it('admit WARP in a trace', async () => {
    echo.behave('trace4', { kind: 'warp' });
    expect((await ask(echo.voter('trace4'))).text).toContain('warp=on');
  });

  it.each<EchoBehaviour>([{ kind: 'hang' }, { kind: 'slow-body' }])(
    'leave a caller waiting: %o',
    async (behaviour) => {
      echo.behave('third4', behaviour);
      await expect(ask(echo.voter('third4'), { signal: AbortSignal.timeout(50) })).rejects.toThrow();
      echo.behave('third4', undefined);
      expect((await ask(echo.voter('third4'))).text).toBe('203.0.113.7');
    },
  );

  it('are counted', async () => {
    await ask(echo.voter('ipify4'));
    expect(echo.calls).toMatchObject([{ path: '/ipify4', status: 200 }]);
  });
});
