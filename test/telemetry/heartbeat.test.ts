import { beforeEach, describe, expect, it } from 'vitest';
import { Heartbeat, heartbeatRequest } from '../../src/telemetry/heartbeat.ts';

const MINUTE = 60_000;
const INTERVAL = 5 * MINUTE;

let at = 0;
let trouble: string | undefined;
let refused: string | undefined;
let sent: string[] = [];
let told: (string | undefined)[] = [];

function aHeartbeat(): Heartbeat {
  return new Heartbeat({
    intervalMs: INTERVAL,
    trouble: () => trouble,
    send: async (why) => {
      sent.push(`${at / MINUTE} ${why ?? 'well'}`);
      return refused;
    },
    onSending: (failure) => told.push(failure),
    now: () => at,
  });
}

/** Looks every half minute, as the program does every two seconds. */
async function lookUntil(heartbeat: Heartbeat, minute: number): Promise<void> {
  for (; at <= minute * MINUTE; at += MINUTE / 2) await heartbeat.look();
}

beforeEach(() => {
  at = 0;
  trouble = undefined;
  refused = undefined;
  sent = [];
  told = [];
});

describe('a heartbeat', () => {
  it('comes at once when all is well, and then every interval', async () => {
    await lookUntil(aHeartbeat(), 12);
    expect(sent).toEqual(['0 well', '5 well', '10 well']);
  });

  it('is left out while there is trouble, and trouble is told when it lasts for an interval', async () => {
    const heartbeat = aHeartbeat();
    await lookUntil(heartbeat, 1);
    trouble = 'the token is refused';
    await lookUntil(heartbeat, 13);
    expect(sent).toEqual(['0 well', '6.5 the token is refused', '11.5 the token is refused']);
  });

  it('comes at once when the trouble is over', async () => {
    const heartbeat = aHeartbeat();
    trouble = 'the token is refused';
    await lookUntil(heartbeat, 6);
    trouble = undefined;
    await lookUntil(heartbeat, 8);
    expect(sent).toEqual(['5 the token is refused', '6.5 well']);
  });

  it('says nothing of trouble that is over within the interval', async () => {
    const heartbeat = aHeartbeat();
    await lookUntil(heartbeat, 1);
    trouble = 'a hiccup';
    await lookUntil(heartbeat, 4);
    trouble = undefined;
    await lookUntil(heartbeat, 6);
    expect(sent).toEqual(['0 well', '5 well']);
  });

  it('is tried again soon when it could not be sent, and its failing is told once', async () => {
    const heartbeat = aHeartbeat();
    refused = 'HTTP 500';
    await lookUntil(heartbeat, 1);
    refused = undefined;
    await lookUntil(heartbeat, 7);
    expect(sent).toEqual(['0 well', '0.5 well', '1 well', '1.5 well', '6.5 well']);
    expect(told).toEqual(['HTTP 500', undefined]);
  });

  it('never waits for the one before', async () => {
    let answer = (_: string | undefined): void => {};
    let calls = 0;
    const heartbeat = new Heartbeat({
      intervalMs: INTERVAL,
      trouble: () => undefined,
      send: () => {
        calls += 1;
        return new Promise((resolve) => (answer = resolve));
      },
      onSending: () => {},
      now: () => at,
    });
    const first = heartbeat.look();
    at += 2 * INTERVAL;
    await heartbeat.look();
    expect(calls).toBe(1);
    answer(undefined);
    await first;
  });
});

describe('what is sent', () => {
  const url = new URL('https://hc.example/ping/uuid/?create=1');

  it('to Healthchecks is a POST, in trouble to /fail with the reason', () => {
    expect(heartbeatRequest(url, 'healthchecks', undefined)).toMatchObject({ method: 'POST', url, body: '' });
    const failing = heartbeatRequest(url, 'healthchecks', 'the token is refused');
    expect(failing.url.href).toBe('https://hc.example/ping/uuid/fail?create=1');
    expect(failing.body).toBe('the token is refused');
  });

  it('to Uptime Kuma is a GET that says up or down, whatever the copied address says', () => {
    const copied = new URL('http://kuma:3001/api/push/key?status=up&msg=OK&ping=');
    expect(heartbeatRequest(copied, 'uptime-kuma', undefined)).toMatchObject({ method: 'GET', body: '' });
    expect(heartbeatRequest(copied, 'uptime-kuma', undefined).url.search).toBe('?status=up&msg=OK&ping=');
    const down = heartbeatRequest(copied, 'uptime-kuma', `zone a.example: ${'x'.repeat(900)}`).url
      .searchParams;
    expect(down.get('status')).toBe('down');
    expect(down.get('msg')).toMatch(/^zone a\.example: x{10,200}$/);
  });
});
