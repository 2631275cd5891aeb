import * as fc from 'fast-check';
import type { Claim } from '../../src/domain/claim.ts';
import { excludes, isRecordType, type ActualRecord, type RecordType } from '../../src/domain/record.ts';
import type { SourceRef } from '../../src/domain/source.ts';
import type { Fate, Standing, Want } from '../../src/domain/want.ts';
import { clash } from './cloudflare-model.ts';
import { APP, claim, host, OTHER, SUBZONE, want, ZONE } from './fixture.ts';

/** A state that nobody planned: records of all owners, rows that fit them or not, wants that clash with both. */
export interface NastyWorld {
  readonly wants: readonly Want[];
  readonly claims: readonly Claim[];
  readonly records: readonly ActualRecord[];
  readonly approved: ReadonlySet<string>;
  readonly held: ReadonlySet<string>;
  readonly strategy: 'full' | 'upsert-only';
}

const NAMES = ['app.example.com', '*.b.example.com', 'c.sub.example.com'];
const CONTENTS: Readonly<Record<RecordType, readonly string[]>> = {
  A: ['192.0.2.1', '192.0.2.2', '192.0.2.3'],
  AAAA: ['2001:db8::1', '2001:db8::2'],
  CNAME: ['one.example.net', 'two.example.net'],
};
const COMMENTS = [
  'record-owner-id=me 11111111:HTTPRoute/web/app',
  'record-owner-id=me 11111111:HTTPRoute/web/other',
  'by Ann record-owner-id=me 11111111:HTTPRoute/web/app',
  'record-owner-id=me 11111111:HTTPRoute/we~',
  'record-owner-id=me 22222222:HTTPRoute/web/app',
  'record-owner-id=me',
  'record-owner-id=old-me 11111111:HTTPRoute/web/app',
  'record-owner-id=old-me',
  'record-owner-id=somebody 33333333:HTTPRoute/web/app',
  '',
  'by hand',
  'w'.repeat(95),
];

const type = fc.constantFrom<RecordType>('A', 'AAAA', 'CNAME');
const setting = <T>(value: fc.Arbitrary<T>) => fc.record({ value, written: fc.boolean() });
const source: fc.Arbitrary<SourceRef> = fc.constantFrom(APP, OTHER);

const standing = (of: RecordType): fc.Arbitrary<Standing> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .shuffledSubarray([...CONTENTS[of]], { minLength: 1, maxLength: of === 'CNAME' ? 1 : 2 })
        .map((contents): Standing => ({ kind: 'publish', contents })),
    },
    { weight: 1, arbitrary: fc.constant<Standing>({ kind: 'pending', why: 'it is pending' }) },
    { weight: 1, arbitrary: fc.constant<Standing>({ kind: 'suspended' }) },
  );

function wantOf(name: string, of: RecordType): fc.Arbitrary<Want> {
  return fc
    .record({
      source,
      standing: standing(of),
      ttl: setting(fc.constantFrom<'auto' | number>('auto', 300)),
      proxied: setting(fc.boolean()),
      adopt: fc.boolean(),
    })
    .map((more) => want([], { ...more, name: host(name), type: of }));
}

function wantsOf(name: string): fc.Arbitrary<readonly Want[]> {
  const zone = name.endsWith(`.${SUBZONE.name}`) ? fc.constantFrom(ZONE, SUBZONE) : fc.constant(ZONE);
  const types = fc.constantFrom<readonly RecordType[]>([], ['A'], ['AAAA'], ['A', 'AAAA'], ['CNAME']);
  return fc
    .tuple(zone, types)
    .chain(([at, of]) =>
      fc
        .tuple(...of.map((each) => wantOf(name, each)))
        .map((all) => all.map((each) => ({ ...each, zone: at }))),
    );
}

const record: fc.Arbitrary<Omit<ActualRecord, 'id'>> = fc
  .record({
    name: fc.constantFrom(...NAMES),
    type: fc.oneof({ weight: 8, arbitrary: type }, { weight: 1, arbitrary: fc.constantFrom('TXT', 'NS') }),
  })
  .chain(({ name, type: of }) =>
    fc.record({
      name: fc.constant(name),
      type: fc.constant<string>(of),
      zoneId: name.endsWith(`.${SUBZONE.name}`) ? fc.constantFrom('z1', 'z2') : fc.constant('z1'),
      content: isRecordType(of)
        ? fc.constantFrom(...CONTENTS[of])
        : fc.constantFrom('heritage=external-dns,external-dns/owner=x', 'ns.example.net'),
      ttl: fc.constantFrom<'auto' | number>('auto', 300),
      proxied: fc.boolean(),
      comment: fc.constantFrom(...COMMENTS),
      readOnly: fc.oneof(
        { weight: 9, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
    }),
  )
  .map((each) => (each.proxied ? { ...each, ttl: 'auto' } : each));

/** How the ledger remembers a record: as it is, or as it was before somebody changed it. */
const memory = fc.record({
  kind: fc.constantFrom(
    'none',
    'as it is',
    'as it is',
    'as it is',
    'other name',
    'other type',
    'other content',
  ),
  name: fc.constantFrom(...NAMES),
  type,
  cluster: fc.constantFrom('11111111', '11111111', '11111111', '22222222', ''),
  holder: fc.constantFrom<SourceRef | undefined>(APP, OTHER, undefined),
  state: fc.constantFrom<Claim['state']>(
    'active',
    'active',
    'active',
    'deleting',
    'held',
    'left',
    'suspended',
    'released',
  ),
  proxiedWritten: fc.boolean(),
  ttlWritten: fc.boolean(),
});

type Memory = typeof memory extends fc.Arbitrary<infer T> ? T : never;

function rowOf(of: ActualRecord, as: Memory): readonly Claim[] {
  if (as.kind === 'none' || !isRecordType(of.type)) return [];
  const name = as.kind === 'other name' && inZone(as.name, of.zoneId) ? as.name : of.name;
  const kind = as.kind === 'other type' ? as.type : of.type;
  const { ttl, proxied, zoneId } = of;
  const content = as.kind === 'other content' || kind !== of.type ? (CONTENTS[kind][0] ?? '') : of.content;
  const zoneName = zoneId === 'z1' ? ZONE.name : SUBZONE.name;
  const doomedAt = as.state === 'deleting' || as.state === 'held' ? '2026-03-01T11:00:00.000Z' : undefined;
  const stateReason = doomedAt === undefined ? '' : 'its holder is gone';
  const { cluster, holder, state, proxiedWritten, ttlWritten } = as;
  return [
    claim(of.id, content, {
      name: host(name),
      type: kind,
      ttl,
      proxied,
      zoneId,
      zoneName,
      doomedAt,
      stateReason,
      cluster,
      holder,
      state,
      proxiedWritten,
      ttlWritten,
    }),
  ];
}

function inZone(name: string, zoneId: string): boolean {
  return zoneId === 'z1' || name.endsWith(`.${SUBZONE.name}`);
}

/** What Cloudflare would not have let stand beside each other is left out. */
function possible(records: readonly ActualRecord[]): readonly ActualRecord[] {
  const standing: ActualRecord[] = [];
  for (const each of records) {
    const beside = standing.filter((other) => other.zoneId === each.zoneId && other.name === each.name);
    const refused = beside.some(
      (other) =>
        clash(other.type, each.type) ||
        (other.type === each.type && (other.content === each.content || each.type === 'CNAME')),
    );
    if (!refused) standing.push(each);
  }
  return standing;
}

export const nastyWorld: fc.Arbitrary<NastyWorld> = fc
  .record({
    wants: fc.tuple(...NAMES.map(wantsOf)).map((all) => all.flat()),
    seen: fc.array(
      fc.record({
        record,
        memory,
        gone: fc.integer({ min: 0, max: 5 }),
        approved: fc.boolean(),
        held: fc.integer({ min: 0, max: 4 }),
      }),
      { maxLength: 7 },
    ),
    strategy: fc.constantFrom<'full' | 'upsert-only'>('full', 'full', 'full', 'upsert-only'),
  })
  .map(({ wants, seen, strategy }) => {
    const all = seen.map((each, index) => ({ ...each, record: { ...each.record, id: `r${index}` } }));
    const standing = possible(all.filter(({ gone }) => gone > 0).map((each) => each.record));
    return {
      wants,
      claims: all.flatMap((each) => rowOf(each.record, each.memory)),
      records: standing,
      approved: new Set(all.filter(({ approved }) => approved).map((each) => each.record.id)),
      held: new Set(all.filter(({ held }) => held === 0).map((each) => each.record.id)),
      strategy,
    };
  });

/** What a cluster would say of a claim, simplified: the source `app` is gone, of the other nothing is known. */
export function fateOf(of: Claim, wants: readonly Want[]): Fate {
  const here = wants.filter((each) => each.name === of.name);
  const inZoneOf = (each: Want, fate: Fate): Fate =>
    each.zone.id === of.zoneId ? fate : { kind: 'moved', to: each.zone };
  const same = here.find((each) => each.type === of.type);
  if (same?.standing.kind === 'publish') return inZoneOf(same, { kind: 'wanted' });
  if (same !== undefined) return { kind: 'kept', state: same.standing.kind, why: 'its source waits' };
  const other = here.find((each) => excludes(each.type, of.type) && each.standing.kind === 'publish');
  if (other !== undefined) return inZoneOf(other, { kind: 'replaced', why: 'another type is wanted' });
  if (of.state === 'left') return { kind: 'kept', state: 'left', why: 'left' };
  return of.holder === APP || of.holder?.name === APP.name
    ? { kind: 'doomed', evidence: 'holder-absent', why: 'its holder is gone' }
    : { kind: 'kept', state: 'pending', why: 'its holder is not known' };
}
