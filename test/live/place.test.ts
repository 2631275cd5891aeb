import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SandboxCloudflare } from '../../src/sandbox/sandbox-cloudflare.ts';
import { Place } from './place.ts';
import type { LiveSettings } from './settings.ts';

const zone = 'example.com';
let sandbox: SandboxCloudflare;

beforeEach(async () => {
  sandbox = await SandboxCloudflare.start({ rateLimit: false, zones: [{ name: zone }] });
  sandbox.create(zone, { name: 'www', type: 'A', content: '203.0.113.1' });
});
afterEach(async () => sandbox.close());

const settings = (more: Partial<LiveSettings> = {}): LiveSettings => ({
  baseUrl: new URL(sandbox.url),
  token: 'sandbox-token',
  zoneName: zone,
  ...more,
});

/** A place with two records in it. */
async function filled(): Promise<Place> {
  const place = await Place.open(settings());
  for (const label of ['a', 'b']) {
    sandbox.create(zone, { name: place.name(label), type: 'A', content: '203.0.113.2' });
  }
  return place;
}

const names = () => sandbox.records(zone).map(({ name }) => name);
const isBatch = ({ path }: { path: string }) => path.endsWith('/batch');

describe('closing', () => {
  test('takes away what has the prefix, and nothing else', async () => {
    const place = await filled();
    await place.close();
    expect(names()).toEqual(['www.example.com']);
  });

  test('tries again where the first deletion fails', async () => {
    const place = await filled();
    sandbox.fault({ kind: 'status', status: 500, match: isBatch });
    await place.close();
    expect(names()).toEqual(['www.example.com']);
  });

  test('names what is left', async () => {
    const place = await filled();
    sandbox.fault({ kind: 'status', status: 500, match: isBatch, times: Infinity });
    await expect(place.close()).rejects.toThrow(
      new RegExp(`left over.*a\\.${place.prefix}.*b\\.${place.prefix}`),
    );
    expect(names()).toHaveLength(3);
  });

  test('names the prefix where the list does not come', async () => {
    const place = await filled();
    sandbox.fault({ kind: 'status', status: 404, code: 7003, times: Infinity });
    await expect(place.close()).rejects.toThrow(`end in ${place.prefix}.example.com`);
  });

  test('fails where something reached for another name, and nothing was changed', async () => {
    const place = await filled();
    const [www] = sandbox.records(zone);
    const result = await place.client.batch(place.zone, [{ kind: 'delete', id: www?.id ?? '' }]);
    expect(result).toMatchObject({ ok: false, problem: { kind: 'forbidden' } });
    await expect(place.close()).rejects.toThrow('www.example.com, which does not end in the prefix');
    expect(names()).toEqual(['www.example.com']);
  });
});

describe('opening', () => {
  test('has another prefix each time, and tells what an earlier run left', async () => {
    const first = await filled();
    const second = await Place.open(settings());
    expect(second.prefix).not.toBe(first.prefix);
    expect(second.leftBefore).toEqual([first.name('a'), first.name('b')]);
    await second.close();
    expect(names()).toHaveLength(3);
    await first.close();
  });

  test.each<[Partial<LiveSettings>, string]>([
    [{ zoneName: 'example.org' }, 'the token sees no zone example.org'],
    [{ token: 'wrong' }, 'the zones could not be listed'],
  ])('with %o says why it cannot', async (more, why) => {
    await expect(Place.open(settings(more))).rejects.toThrow(why);
  });

  test('in a zone that is there twice is refused', async () => {
    sandbox.addZone({ name: zone });
    await expect(Place.open(settings())).rejects.toThrow('more than one zone example.com');
  });
});
