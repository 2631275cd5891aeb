import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { Cloudflare, type CloudflareOptions } from '../../src/cloudflare/cloudflare.ts';
import { BASE, FakeCloudflare, GOOD_TOKEN } from './fake.ts';

/** A clock that only sleeping moves. */
class FakeClock {
  time = Date.UTC(2026, 0, 1);
  readonly slept: number[] = [];
  readonly now = (): number => this.time;
  readonly sleep = async (ms: number): Promise<void> => {
    this.slept.push(ms);
    this.time += ms;
  };
}

/** A fake Cloudflare and a client of it, new for each test. Other hosts are not reached. */
export class Harness {
  fake = new FakeCloudflare();
  clock = new FakeClock();
  readonly #server = setupServer();
  #clients: Cloudflare[] = [];

  constructor() {
    beforeAll(() => {
      this.#server.listen({ onUnhandledFrame: 'error' });
    });
    beforeEach(() => {
      this.fake = new FakeCloudflare();
      this.clock = new FakeClock();
      this.#server.resetHandlers(this.fake.handler);
    });
    afterEach(async () => {
      for (const client of this.#clients.splice(0)) await client[Symbol.asyncDispose]();
    });
    afterAll(() => {
      this.#server.close();
    });
  }

  client(options: Partial<CloudflareOptions> = {}): Cloudflare {
    const client = new Cloudflare({
      baseUrl: new URL(BASE),
      token: () => GOOD_TOKEN,
      now: this.clock.now,
      sleep: this.clock.sleep,
      random: () => 0.5,
      signal: new AbortController().signal,
      ...options,
    });
    this.#clients.push(client);
    return client;
  }
}

/** The value of a result that must be one. */
export function valueOf<T>(result: { ok: true; value: T } | { ok: false; problem: unknown }): T {
  if (!result.ok) throw new Error(`a problem instead of a value: ${JSON.stringify(result.problem)}`);
  return result.value;
}

/** The problem of a result that must have one. */
export function problemOf<P>(result: { ok: true; value: unknown } | { ok: false; problem: P }): P {
  if (result.ok) throw new Error(`a value instead of a problem: ${JSON.stringify(result.value)}`);
  return result.problem;
}
