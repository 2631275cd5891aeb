import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Cloudflare } from '../../src/cloudflare/cloudflare.ts';
import { type Hostname, parseHostname } from '../../src/domain/hostname.ts';
import type { ActualRecord } from '../../src/domain/record.ts';
import type { Zone } from '../../src/domain/zone.ts';
import { Guard } from './guard.ts';
import type { LiveSettings } from './settings.ts';

/** How often records that could not be taken away are tried again. */
const ATTEMPTS = 3;
const CHUNK = 100;

/** A zone, and the names in it that one run of the suite may use; closing takes them all away. */
export class Place {
  readonly zone: Zone;
  readonly prefix: string;
  /** Through the guard. */
  readonly client: Cloudflare;
  /** What earlier runs left, by name; never touched. */
  readonly leftBefore: readonly string[];
  readonly #guard: Guard;
  readonly #url: URL;

  private constructor(
    zone: Zone,
    prefix: string,
    guard: Guard,
    url: URL,
    token: string,
    left: readonly string[],
  ) {
    this.zone = zone;
    this.prefix = prefix;
    this.#guard = guard;
    this.#url = url;
    this.client = connect(url, token);
    this.leftBefore = left;
  }

  /** @throws Error for people, when the zone is not the token's or cannot be read. */
  static async open({ baseUrl, token, zoneName }: LiveSettings): Promise<Place> {
    const reader = connect(baseUrl, token);
    try {
      const zones = await reader.zones();
      if (!zones.ok) throw new Error(`the zones could not be listed: ${zones.problem.message}`);
      const [zone, ...more] = zones.value.filter(({ name }) => name === zoneName);
      if (zone === undefined) throw new Error(`the token sees no zone ${zoneName}`);
      if (more.length > 0) throw new Error(`the token sees more than one zone ${zoneName}`);
      const records = await reader.listZone(zone);
      if (!records.ok) throw new Error(`the records could not be listed: ${records.problem.message}`);
      const left = records.value.map(({ name }) => name).filter((name) => name.includes('routeflare-live-'));
      const prefix = `routeflare-live-${randomBytes(8).toString('hex')}`;
      const guard = new Guard({ upstream: baseUrl, zoneId: zone.id, zoneName, prefix });
      return new Place(zone, prefix, guard, await guard.listen(), token, left);
    } finally {
      await reader[Symbol.asyncDispose]();
    }
  }

  /** `label.<prefix>.<zone>`. @throws Error when that is no hostname. */
  name(label: string): Hostname {
    const parsed = parseHostname(`${label}.${this.prefix}.${this.zone.name}`);
    if (!parsed.ok) throw new Error(parsed.error);
    return parsed.value;
  }

  /** Another client through the guard; the caller closes it. */
  as(token: string): Cloudflare {
    return connect(this.#url, token);
  }

  /** What the guard refused. */
  get refusals(): readonly string[] {
    return this.#guard.refusals;
  }

  /**
   * Takes away what this run made. @throws Error that names what is left, or says that it could not be read;
   * and when something in this run reached for a name outside.
   */
  async close(): Promise<void> {
    const left = await this.#cleaned();
    await this.client[Symbol.asyncDispose]();
    await this.#guard[Symbol.asyncDispose]();
    if (left === 'unread') {
      throw new Error(
        `what is left could not be read: look for names that end in ${this.prefix}.${this.zone.name}`,
      );
    }
    if (left.length > 0) {
      const names = left.map(({ name, type, id }) => `${name} ${type} (${id})`);
      throw new Error(`left over, delete by hand: ${names.join(', ')}`);
    }
    if (this.refusals.length > 0) throw new Error(`the guard refused: ${this.refusals.join('; ')}`);
  }

  async #cleaned(): Promise<readonly ActualRecord[] | 'unread'> {
    let left = await this.#left();
    for (let attempt = 1; attempt <= ATTEMPTS && left.length > 0; attempt += 1) {
      const ids = left === 'unread' ? [] : left.map(({ id }) => id);
      for (let at = 0; at < ids.length; at += CHUNK) {
        const deletes = ids.slice(at, at + CHUNK).map((id) => ({ kind: 'delete', id }) as const);
        await this.client.batch(this.zone, deletes);
      }
      left = await this.#left();
    }
    return left;
  }

  async #left(): Promise<readonly ActualRecord[] | 'unread'> {
    const records = await this.client.listZone(this.zone);
    return records.ok ? records.value.filter(({ name }) => this.#guard.isInside(name)) : 'unread';
  }
}

function connect(baseUrl: URL, token: string): Cloudflare {
  return new Cloudflare({
    baseUrl,
    token: () => token,
    now: Date.now,
    sleep: async (ms, signal) => {
      await delay(ms, undefined, { signal });
    },
    random: Math.random,
    signal: new AbortController().signal,
  });
}
