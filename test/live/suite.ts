import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cloudflare } from '../../src/cloudflare/cloudflare.ts';
import type { ActualRecord } from '../../src/domain/record.ts';
import type { RecordWrite } from '../../src/domain/write.ts';
import { problemOf, valueOf } from '../cloudflare/harness.ts';
import { Place } from './place.ts';
import type { LiveSettings } from './settings.ts';

type Create = Extract<RecordWrite, { kind: 'create' }>;

/** An address of no one's that may be proxied. https://www.rfc-editor.org/rfc/rfc5737 */
const ADDRESS = '192.0.2.1';
const OTHER = '192.0.2.2';

/**
 * What the adapter must do with an API behind it: the double in `npm test`, a real zone in `npm run test:live`.
 * Each test has names of its own; all of them are taken away at the end, whatever happened.
 */
export function adapterSuite(settings: () => Promise<LiveSettings>): void {
  let place: Place;

  beforeAll(async () => {
    place = await Place.open(await settings());
    for (const name of place.leftBefore) process.stderr.write(`left by an earlier run: ${name}\n`);
  });

  afterAll(async () => {
    await place.close();
  });

  const post = (label: string, fields: Partial<Create> = {}): Create => ({
    kind: 'create',
    name: place.name(label),
    type: 'A',
    content: ADDRESS,
    ttl: 'auto',
    proxied: false,
    comment: 'record-owner-id=live',
    ...fields,
  });
  const send = (...writes: RecordWrite[]): ReturnType<Cloudflare['batch']> =>
    place.client.batch(place.zone, writes);
  const made = async (...creates: Create[]): Promise<readonly ActualRecord[]> =>
    valueOf(await send(...creates)).created;
  const read = async (label: string): Promise<readonly ActualRecord[]> => {
    const name = place.name(label);
    return valueOf(await place.client.readNames(place.zone, [name])).get(name) ?? [];
  };

  describe('reading', () => {
    test('the zones have the one that was named, with its status', async () => {
      const zone = valueOf(await place.client.zones()).find(({ id }) => id === place.zone.id);
      expect(zone?.name).toBe(place.zone.name);
      expect(zone?.status).toMatch(/^(initializing|pending|active|moved)$/);
    });

    test('a name without records is known to have none', async () => {
      expect(await read('nothing')).toEqual([]);
    });

    test('a record is the same by its name, by its id and in the list of the zone', async () => {
      const [record] = await made(post('read'));
      expect(await read('read')).toEqual([record]);
      const byId = valueOf(await place.client.readIds(place.zone, [record?.id ?? '']));
      expect([...byId.values()]).toEqual([record]);
      const list = valueOf(await place.client.listZone(place.zone));
      expect(list.filter(({ name }) => name === record?.name)).toEqual([record]);
    });

    test('a record that is not there is known to be gone', async () => {
      const id = 'f'.repeat(32);
      expect(valueOf(await place.client.readIds(place.zone, [id]))).toEqual(new Map([[id, undefined]]));
    });

    test('the usage counts at least what is there', async () => {
      await made(post('usage'));
      expect(valueOf(await place.client.usage(place.zone)).used).toBeGreaterThan(0);
    });
  });

  describe('creating', () => {
    test.each<[string, Partial<Create>]>([
      ['a', { ttl: 300, comment: 'Words OF a person record-owner-id=live' }],
      ['aaaa', { type: 'AAAA', content: '2001:db8::1' }],
      ['cname', { type: 'CNAME', content: 'target.example.net' }],
      ['proxied', { proxied: true }],
      ['xn--bcher-kva', {}],
      ['*.wild', {}],
      ['hundred', { comment: 'x'.repeat(100) }],
    ])('%s comes back as it was asked for', async (label, fields) => {
      const asked = post(label, fields);
      const { kind: _, ...expected } = asked;
      expect((await made(asked))[0]).toMatchObject(expected);
      expect(await read(label)).toMatchObject([expected]);
    });

    test('a proxied record has an automatic TTL, whatever was asked', async () => {
      expect((await made(post('ttl', { proxied: true, ttl: 300 })))[0]?.ttl).toBe('auto');
    });

    test('many answers stand in the order of the writes', async () => {
      const writes = Array.from({ length: 30 }, (_, n) => post(`n${String(29 - n)}.many`));
      expect((await made(...writes)).map(({ name }) => name)).toEqual(writes.map(({ name }) => name));
    });

    test('a second address beside another is a second record', async () => {
      await made(post('second'));
      await made(post('second', { content: OTHER }));
      expect((await read('second')).map(({ content }) => content).toSorted()).toEqual([ADDRESS, OTHER]);
    });
  });

  describe('changing', () => {
    test('keeps id and what is not named, comment included', async () => {
      const [record] = await made(post('patch', { ttl: 300, comment: 'kept' }));
      const { id } = record ?? { id: '' };
      const { updated } = valueOf(await send({ kind: 'update', id, content: OTHER }));
      expect(updated[0]).toEqual({ ...record, content: OTHER });
      expect(await read('patch')).toEqual(updated);
    });

    test('of a comment, a TTL, the proxying and the name', async () => {
      const [record] = await made(post('fields'));
      const { id } = record ?? { id: '' };
      const name = place.name('renamed');
      valueOf(await send({ kind: 'update', id, comment: 'new words', ttl: 120 }));
      expect(await read('fields')).toMatchObject([{ id, comment: 'new words', ttl: 120, proxied: false }]);
      valueOf(await send({ kind: 'update', id, proxied: true, name }));
      expect(await read('fields')).toEqual([]);
      expect(await read('renamed')).toMatchObject([{ id, ttl: 'auto', proxied: true }]);
      valueOf(await send({ kind: 'update', id, proxied: false, ttl: 'auto', comment: '' }));
      expect(await read('renamed')).toMatchObject([{ id, comment: '', proxied: false }]);
    });

    test('of the type, either way, is one batch that deletes before it creates', async () => {
      const [address] = await made(post('switch'));
      const cname = post('switch', { type: 'CNAME', content: 'target.example.net' });
      const { created } = valueOf(await send(cname, { kind: 'delete', id: address?.id ?? '' }));
      expect((await read('switch')).map(({ type }) => type)).toEqual(['CNAME']);
      valueOf(await send(post('switch'), { kind: 'delete', id: created[0]?.id ?? '' }));
      expect((await read('switch')).map(({ type }) => type)).toEqual(['A']);
    });

    test('deletes, changes and creates in one batch', async () => {
      const [gone, kept] = await made(post('mixed-gone'), post('mixed-kept'));
      const { updated, created } = valueOf(
        await send(
          post('mixed-new'),
          { kind: 'update', id: kept?.id ?? '', content: OTHER },
          { kind: 'delete', id: gone?.id ?? '' },
        ),
      );
      expect([updated[0]?.content, created[0]?.name]).toEqual([OTHER, place.name('mixed-new')]);
      expect(await read('mixed-gone')).toEqual([]);
    });
  });

  describe('what is refused leaves everything as it was', () => {
    test.each<[string, () => Create[], () => Create, string[]]>([
      [
        'an identical record',
        () => [post('same')],
        () => post('same', { ttl: 300, comment: 'other' }),
        ['exists'],
      ],
      [
        'a CNAME beside an address',
        () => [post('beside-a')],
        () => post('beside-a', { type: 'CNAME', content: 'target.example.net' }),
        ['type-conflict'],
      ],
      [
        'an address beside a CNAME',
        () => [post('beside-c', { type: 'CNAME', content: 'target.example.net' })],
        () => post('beside-c'),
        ['type-conflict'],
      ],
      [
        'a comment that is too long on every plan',
        () => [post('long')],
        () => post('too-long', { comment: 'x'.repeat(501) }),
        ['invalid'],
      ],
      [
        'a CNAME to itself',
        () => [post('self')],
        () => post('itself', { type: 'CNAME', content: place.name('itself') }),
        ['invalid'],
      ],
    ])('%s', async (_what, before, bad, kinds) => {
      const records = await made(...before());
      const write = bad();
      const label = write.name.replace(`.${place.prefix}.${place.zone.name}`, '');
      const there = await read(label);
      const result = await send(post(`${label}-new`), write);
      expect(kinds).toContain(problemOf(result).kind);
      expect(await read(`${label}-new`)).toEqual([]);
      expect(await read(label)).toEqual(there);
      expect(records).toHaveLength(1);
    });

    test('a record that is not there', async () => {
      const result = await send(post('absent-new'), { kind: 'delete', id: 'f'.repeat(32) });
      expect(problemOf(result).kind).toBe('not-found');
      expect(await read('absent-new')).toEqual([]);
    });

    test('a token that is none', async () => {
      await using stranger = place.as('x'.repeat(40));
      expect(problemOf(await stranger.zones()).kind).toBe('token-refused');
    });

    test('a zone that is none', async () => {
      const kind = problemOf(await place.client.listZone({ ...place.zone, id: 'f'.repeat(32) })).kind;
      expect(['forbidden', 'misconfigured', 'not-found']).toContain(kind);
    });
  });
}
