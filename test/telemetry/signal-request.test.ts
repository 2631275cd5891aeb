import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { sendSignal, type SignalRequest } from '../../src/telemetry/signal-request.ts';
import { Monitor } from './monitor.ts';

let monitor: Monitor;
beforeEach(async () => {
  monitor = await Monitor.start();
  onTestFinished(() => monitor.close());
});

const request = (path: string, body = 'hello'): SignalRequest => ({
  url: new URL(`${monitor.url}${path}`),
  method: 'POST',
  headers: { 'content-type': 'text/plain' },
  body,
});
const never = new AbortController().signal;

it('sends method, path, headers and body', async () => {
  expect(await sendSignal(request('/secret-path?key=1'), never)).toBeUndefined();
  expect(monitor.heard).toMatchObject([
    { method: 'POST', path: '/secret-path?key=1', headers: { 'content-type': 'text/plain' }, body: 'hello' },
  ]);
});

it.each([301, 307, 404, 500])('takes HTTP %i as a failure, and goes nowhere else', async (status) => {
  monitor.status = status;
  expect(await sendSignal(request('/secret-path'), never)).toBe(`it was answered with HTTP ${status}`);
  expect(monitor.heard).toHaveLength(1);
});

it('ends when it is stopped, and when nobody listens, with nothing of the address in what it says', async () => {
  monitor.status = undefined;
  const stop = new AbortController();
  const sending = sendSignal(request('/secret-path'), stop.signal);
  setTimeout(() => stop.abort(), 20);
  expect(await sending).toBe('stopping');
  const toNobody = request('/secret-path');
  await monitor.close();
  expect(await sendSignal(toNobody, never)).toBe('the connection failed (ECONNREFUSED)');
});
