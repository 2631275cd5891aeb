import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMarker } from '../../src/domain/owner.ts';
import { writesOf } from '../../src/apply/batch.ts';
import type { ActualRecord } from '../../src/domain/record.ts';
import type { Want } from '../../src/domain/want.ts';
import { planAct } from '../../src/plan/act-plan.ts';
import { registryNames, registryOwner } from '../../src/plan/external-dns.ts';
import { clash, CloudflareModel } from './cloudflare-model.ts';
import { host, inputOf, ME, record, want, ZONE } from './fixture.ts';

/** Labels that can be taken for one another's TXT records. */
const LABELS = ['app', 'a-app', 'a-a-app', 'aaaa-app', '*'];
const OPTIONS = ['', 'x-', '%{record_type}-'].map((prefix) => ({
  owner: 'default',
  prefix,
  suffix: '',
  wildcard: 'any',
}));

const endpoint = fc.record({
  label: fc.constantFrom(...LABELS),
  type: fc.constantFrom('A', 'A', 'AAAA', 'CNAME', 'MX'),
  count: fc.integer({ min: 1, max: 2 }),
  typed: fc.constantFrom('default', 'other', undefined),
  plain: fc.constantFrom('default', 'other', undefined, undefined),
  wanted: fc.boolean(),
  comment: fc.constantFrom('', '', '', 'by hand', 'record-owner-id=somebody'),
});
const world = fc.record({
  options: fc.constantFrom(...OPTIONS),
  endpoints: fc.array(endpoint, { maxLength: 6 }),
});

type Made = typeof world extends fc.Arbitrary<infer T> ? T : never;

function zoneOf({ options, endpoints }: Made): { records: ActualRecord[]; wants: Want[] } {
  const records: ActualRecord[] = [];
  const wants: Want[] = [];
  const put = (made: Partial<ActualRecord> & { name: string; type: string; content: string }): void => {
    const beside = records.filter(({ name }) => name === made.name);
    if (beside.some((each) => clash(each.type, made.type))) return;
    if (beside.some((each) => each.type === made.type && each.content === made.content)) return;
    records.push(record(`r${records.length}`, made.content, { comment: '', ...made }));
  };
  for (const { label, type, count, typed, plain, wanted, comment } of endpoints) {
    const name = `${label}.example.com`;
    const content = (n: number): string =>
      type === 'AAAA' ? `2001:db8::${n}` : type === 'A' ? `192.0.2.${n}` : 'x.example.net';
    for (let n = 1; n <= (type === 'A' ? count : 1); n += 1)
      put({ name, type, content: content(n), comment });
    const names = registryNames(options, name, type);
    for (const [at, owner] of [
      [names.typed, typed],
      [names.plain, plain],
    ] as const) {
      if (at === undefined || owner === undefined) continue;
      put({ name: at, type: 'TXT', content: `"heritage=external-dns,external-dns/owner=${owner}"` });
    }
    const asks = wants.some((each) => each.name === name);
    if (wanted && !asks) wants.push(want('192.0.2.9', { name: host(name) }));
  }
  return { records, wants };
}

test('an import takes only what is wanted and registered alone, and each with exactly the TXT records of its owner', () => {
  let taken = 0;
  fc.assert(
    fc.property(world, (made) => {
      const { records, wants } = zoneOf(made);
      const input = { ...inputOf({ wants, zone: records }), history: () => [] };
      const { changes } = planAct({ kind: 'import', registry: made.options }, input);
      const model = new CloudflareModel(records);
      expect(
        model.batch(
          ZONE.id,
          changes.flatMap((change) => writesOf(change)),
        ).ok,
      ).toBe(true);
      taken += changes.length;
      for (const before of records) {
        const after = model.records.get(before.id);
        const owner = registryOwner(before);
        if (after === undefined) {
          // Only TXT records of that owner go, and none while a record that it may speak for is not ours.
          expect(owner).toBe('default');
          continue;
        }
        if (after === before) continue;
        expect(before.comment).not.toContain('record-owner-id');
        expect(parseMarker(after.comment)?.owner).toBe(ME.owner);
        expect(wants.some(({ name }) => name === before.name)).toBe(true);
        // It is external-dns's no longer, by any name that its TXT records may have.
        const { typed, plain } = registryNames(made.options, before.name, before.type);
        const claims = [...model.records.values()].filter(({ name }) => name === typed || name === plain);
        const speaking = claims.filter((text) => registryOwner(text) === 'default');
        const others = records.filter(({ type, name }) => type !== 'TXT' && name !== before.name);
        const meant = (text: ActualRecord) =>
          others.some(({ name, type }) =>
            Object.values(registryNames(made.options, name, type)).includes(text.name),
          );
        expect(speaking.filter((text) => !meant(text))).toEqual([]);
      }
      // Nothing is left without an owner that had one.
      for (const before of records) {
        const { typed, plain } = registryNames(made.options, before.name, before.type);
        const gone = records.filter(
          (text) => registryOwner(text) !== undefined && text.name === typed && !model.records.has(text.id),
        );
        if (before.type === 'TXT' || gone.length === 0) continue;
        const now = model.records.get(before.id);
        const spoken = [...model.records.values()].some(
          (text) => registryOwner(text) !== undefined && (text.name === typed || text.name === plain),
        );
        expect(spoken || parseMarker(now?.comment ?? '') !== undefined).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
  expect(taken).toBeGreaterThan(50);
});
