import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMarker } from '../../src/domain/owner.ts';
import { writesOf } from '../../src/apply/batch.ts';
import { isRecordType, type ActualRecord } from '../../src/domain/record.ts';
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

/** What an import did to a zone that it may not do, in words; none when all is well. */
function faultsOf(made: Made): { readonly faults: readonly string[]; readonly taken: number } {
  const { records, wants } = zoneOf(made);
  const input = { ...inputOf({ wants, zone: records }), history: () => [] };
  const { changes } = planAct({ kind: 'import', registry: made.options }, input);
  const model = new CloudflareModel(records);
  const writes = changes.flatMap((change) => writesOf(change));
  const faults = model.batch(ZONE.id, writes).ok ? [] : ['the batch was refused'];
  const now = [...model.records.values()];
  const isWanted = (name: string): boolean => wants.some((each) => each.name === name);
  const textNames = ({ name, type }: ActualRecord) => Object.values(registryNames(made.options, name, type));
  const spokenFor = (of: ActualRecord, texts: readonly ActualRecord[]): readonly ActualRecord[] =>
    texts.filter((text) => registryOwner(text) !== undefined && textNames(of).includes(text.name));
  for (const before of records) {
    const after = model.records.get(before.id);
    if (after === undefined) {
      if (registryOwner(before) !== 'default') faults.push(`${before.type} ${before.name} is gone`);
      continue;
    }
    const isTaken = after !== before;
    const hasMark = parseMarker(after.comment) !== undefined;
    if (isTaken && before.comment.includes('record-owner-id')) faults.push(`${before.name} was another's`);
    if (isTaken && parseMarker(after.comment)?.owner !== ME.owner)
      faults.push(`${before.name} is not marked`);
    if (isTaken && !isWanted(before.name)) faults.push(`${before.name} is wanted by nobody`);
    // One that another name may have is left to it; any other would still give the record to external-dns.
    const others = records.filter(({ type, name }) => type !== 'TXT' && name !== before.name);
    const still = spokenFor(before, now).filter(
      (text) => !others.some((other) => textNames(other).includes(text.name)),
    );
    if (isTaken && still.length > 0) faults.push(`external-dns still has ${before.name}`);
    const lost = spokenFor(before, records).length > 0 && spokenFor(before, now).length === 0;
    const shares = others.some((other) => textNames(other).some((name) => textNames(before).includes(name)));
    if (isRecordType(before.type) && lost && !hasMark && !shares)
      faults.push(`${before.name} has no owner left`);
  }
  return { faults, taken: changes.length };
}

test('an import takes only what is wanted and registered alone, and each with exactly the TXT records of its owner', () => {
  let taken = 0;
  fc.assert(
    fc.property(world, (made) => {
      const found = faultsOf(made);
      taken += found.taken;
      expect(found.faults).toEqual([]);
    }),
    { numRuns: 2000 },
  );
  expect(taken).toBeGreaterThan(50);
});
