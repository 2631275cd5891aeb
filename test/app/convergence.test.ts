import { beforeEach, expect, it } from 'vitest';
import type { App } from '../../src/app/app.ts';
import { troubleOf } from '../../src/app/convergence.ts';
import { Telemetry } from '../../src/app/telemetry.ts';
import { CONDITIONS } from '../../src/telemetry/health.ts';

let telemetry: Telemetry;
beforeEach(async () => {
  telemetry = await Telemetry.create({ level: 'error', format: 'json' });
  for (const condition of CONDITIONS) telemetry.health.met(condition);
});

function anApp({ stuck = false, trouble }: { stuck?: boolean; trouble?: string } = {}): App {
  return { loop: { stuck: () => stuck, trouble: () => trouble } } as unknown as App;
}

it('is none when the controller is ready and nothing is tried again', () => {
  expect(troubleOf(telemetry, anApp())).toBeUndefined();
});

it('names what the controller is not ready for', () => {
  telemetry.health.unmet('caches synced', 'HTTPRoute: no answer');
  telemetry.health.unmet('token accepted', 'Cloudflare refused it');
  expect(troubleOf(telemetry, anApp())).toBe(
    'caches synced: HTTPRoute: no answer; token accepted: Cloudflare refused it',
  );
});

it('is the start itself, a pass that hangs, or what failed last', () => {
  expect(troubleOf(telemetry, undefined)).toBe('the controller is starting');
  expect(troubleOf(telemetry, anApp({ stuck: true }))).toBe('a pass takes longer than 15 minutes');
  expect(troubleOf(telemetry, anApp({ trouble: 'zone example.com: HTTP 500' }))).toBe(
    'zone example.com: HTTP 500',
  );
});
