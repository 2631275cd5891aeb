import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SourceObject, Trust } from '../../src/domain/cluster.ts';
import { excludes, type RecordType } from '../../src/domain/record.ts';
import { refText, sameRef, type SourceRef } from '../../src/domain/source.ts';
import type { Claim, ClaimState } from '../../src/domain/claim.ts';
import { known } from '../../src/domain/observation.ts';
import {
  accepted,
  claim,
  confirmed,
  derive,
  fateText,
  gateway,
  ip,
  listener,
  named,
  parentRef,
  route,
  ZONE,
  type Scene,
} from './builders.ts';

const HOSTS = ['a.example.com', 'b.example.com', '*.example.com', 'x.sub.example.com'];
const host = fc.constantFrom(...HOSTS);
/** Mostly `usual`, so that most scenes get far. */
const mostly = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constant(usual) },
    { weight: 2, arbitrary: fc.constantFrom(...others) },
  );

const stale = { kind: 'stale', why: 'no progress' } as const;
const trust = mostly<Trust>({ kind: 'current' }, stale, { kind: 'unlisted', why: 'not listed' });
const annotations = fc
  .record({
    'content-mode': fc.constantFrom('gateway-address', 'static', 'ddns', 'none', 'wrong', undefined),
    type: mostly<string | undefined>(undefined, 'A', 'AAAA', 'A/AAAA', 'CNAME', 'TXT'),
    content: fc.constantFrom(
      '198.51.100.1',
      '2001:db8::1',
      'lb.example.net',
      'a b',
      '198.51.100.1,2001:db8::1',
    ),
    ttl: mostly<string | undefined>(undefined, 'auto', '300', 'x'),
    suspend: mostly<string | undefined>(undefined, 'true'),
    hostnames: mostly<string | undefined>(undefined, 'a.example.com', 'b.example.com,a_b', 'a.example.com,'),
    gateway: mostly<string | undefined>(undefined, 'one', 'two'),
  })
  .map((keys) =>
    Object.fromEntries(
      Object.entries(keys).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  );
const ref = fc.record({
  name: fc.constantFrom('one', 'two'),
  sectionName: mostly<string | undefined>(undefined, 'l1', 'l2'),
});
const source: fc.Arbitrary<SourceObject> = fc
  .record({
    namespace: fc.constantFrom('n1', 'n2'),
    name: fc.constantFrom('r1', 'r2'),
    createdAt: fc.constantFrom('2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z'),
    selected: mostly(true, false),
    generation: mostly(1, 2),
    annotations,
    hostnames: fc.uniqueArray(host, { maxLength: 3 }),
    refs: fc.array(ref, { maxLength: 2 }),
    status: mostly<'True' | 'False' | undefined>('True', 'False', undefined),
  })
  .map(({ refs, status, ...rest }) => {
    const parentRefs = refs.map((each) => parentRef(each));
    return route({
      ...rest,
      parentRefs,
      parentStatuses: parentRefs.map((each) => accepted(each, { accepted: status })),
    });
  });
const gate = fc
  .record({
    name: fc.constantFrom('one', 'two'),
    hostnames: fc.array(mostly<string | undefined>(undefined, ...HOSTS), { minLength: 1, maxLength: 2 }),
    addresses: fc.subarray([ip('203.0.113.5'), ip('2001:db8::5'), named('lb.example.net'), ip('127.0.0.1')]),
    from: mostly('All', 'Same', 'Selector'),
    annotations: mostly<Readonly<Record<string, string>>>(
      {},
      { 'content-mode': 'gateway-address' },
      { 'content-mode': 'static', content: 'lb.example.net', type: 'wrong' },
      { 'content-mode': 'ddns', type: 'A/AAAA' },
      { suspend: 'true' },
    ),
  })
  .map(({ name, hostnames, addresses, from, annotations: keys }) =>
    gateway({
      name,
      addresses,
      annotations: keys,
      listeners: hostnames.map((hostname, index) =>
        listener({ name: `l${index + 1}`, hostname, allowedNamespaces: { from, selector: undefined } }),
      ),
    }),
  );
const held = fc.record({
  namespace: fc.constantFrom('n1', 'n2'),
  source: mostly<string | undefined>('r1', 'r2', undefined),
  name: host,
  type: mostly<RecordType>('A', 'AAAA', 'CNAME'),
  state: mostly<ClaimState>('active', 'pending', 'suspended', 'left', 'released'),
});
const scene: fc.Arbitrary<Scene> = fc
  .record({
    routes: fc.uniqueArray(source, { selector: refText, minLength: 1, maxLength: 5 }),
    gateways: fc.uniqueArray(gate, { selector: ({ name }) => name, maxLength: 2 }),
    records: fc.array(held, { maxLength: 6 }),
    zones: fc.constantFrom([ZONE], [ZONE, { id: 'zone-2', name: 'sub.example.com', status: 'active' }]),
    trust,
    gatewayTrust: trust,
    protectedNames: fc.subarray(['b.example.com']),
  })
  .map(({ records, zones, ...rest }) => ({
    ...rest,
    egress: [confirmed(4, '198.51.100.7')],
    zones: known(zones),
    claims: records.map(({ namespace, source, name, type, state }, index) =>
      claim({
        recordId: `record-${index}`,
        name,
        type,
        state,
        holder: source === undefined ? undefined : { kind: 'HTTPRoute', namespace, name: source },
        via: { kind: 'Gateway', namespace: 'infra', name: 'one' },
      }),
    ),
  }));

/** The first scene found, shrunk, in which `holds` is false; `undefined` where there is none. */
function counterexample(holds: (scene: Scene) => boolean): unknown {
  const run = fc.check(fc.property(scene, holds), { numRuns: 500 });
  return run.failed ? { scene: run.counterexample, error: run.errorInstance, seed: run.seed } : undefined;
}

function doomedIn(scene: Scene) {
  const { fates } = derive(scene);
  return (scene.claims ?? []).flatMap((each) => {
    const fate = fates.get(each.recordId);
    return fate?.kind === 'doomed' ? [{ claim: each, evidence: fate.evidence }] : [];
  });
}

const isMissing = (scene: Scene, { holder }: Claim) =>
  holder !== undefined && !(scene.routes ?? []).some((each) => sameRef(each, holder));

it('the scenes hold every fate, so that the rules below say something', () => {
  const kinds = new Set<string>();
  for (const each of fc.sample(scene, { numRuns: 2000, seed: 1 })) {
    for (const fate of derive(each).fates.values()) kinds.add(fateText(fate));
  }
  expect([...kinds].sort((a, b) => a.localeCompare(b))).toEqual([
    'doomed:content-mode-removed',
    'doomed:holder-absent',
    'doomed:hostname-removed',
    'doomed:listener-removed',
    'doomed:parent-removed',
    'doomed:permission-removed',
    'doomed:type-removed',
    'kept:frozen',
    'kept:left',
    'kept:pending',
    'kept:suspended',
    'moved:sub.example.com',
    'replaced',
    'wanted',
  ]);
});

it('every claim has exactly one fate, and there are no others', () => {
  expect(
    counterexample((it) => {
      const { fates } = derive(it);
      const claims = it.claims ?? [];
      return fates.size === claims.length && claims.every(({ recordId }) => fates.has(recordId));
    }),
  ).toBeUndefined();
});

it('nothing is doomed, replaced, moved or wanted while its kind was never listed', () => {
  const unlisted = { kind: 'unlisted', why: 'not listed' } as const;
  expect(
    counterexample((it) => {
      const { fates, wants } = derive({ ...it, trust: unlisted });
      return wants.length === 0 && [...fates.values()].every(({ kind }) => kind === 'kept');
    }),
  ).toBeUndefined();
});

it('a watch without progress changes nothing that is wanted, and dooms nothing', () => {
  expect(
    counterexample((it) => {
      const current = { ...it, trust: { kind: 'current' } as const };
      const blind = { ...it, trust: stale };
      const { wants, fates } = derive(blind);
      const publishing = (scene: Scene) =>
        derive(scene).wants.filter(({ standing }) => standing.kind === 'publish').length;
      return (
        doomedIn(blind).length === 0 &&
        fates.size === (it.claims ?? []).length &&
        wants.length <= derive(current).wants.length &&
        publishing(blind) <= publishing(current)
      );
    }),
  ).toBeUndefined();
});

it.each(['missing', 'not known'])('Gateways that are %s take no record away', (how) => {
  const blind = how === 'missing' ? { gateways: [] } : { gatewayTrust: stale };
  expect(
    counterexample((it) =>
      doomedIn({ ...it, ...blind }).every(
        ({ evidence }) => evidence !== 'listener-removed' && evidence !== 'permission-removed',
      ),
    ),
  ).toBeUndefined();
});

it('a record is doomed by the absence of its holder when, and only when, the holder is absent', () => {
  expect(
    counterexample((it) =>
      doomedIn(it).every(({ claim, evidence }) => (evidence === 'holder-absent') === isMissing(it, claim)),
    ),
  ).toBeUndefined();
});

it('records that are released, left or without a known holder are never doomed', () => {
  expect(
    counterexample((it) =>
      doomedIn(it).every(
        ({ claim }) => claim.state !== 'released' && claim.state !== 'left' && claim.holder !== undefined,
      ),
    ),
  ).toBeUndefined();
});

it('one want a name and type, and no CNAME beside an address', () => {
  expect(
    counterexample((it) =>
      derive(it).wants.every((want, index, wants) =>
        wants
          .slice(index + 1)
          .every(
            ({ name, type }) => name !== want.name || (type !== want.type && !excludes(type, want.type)),
          ),
      ),
    ),
  ).toBeUndefined();
});

it('a want that may not be written stands for a record its source holds', () => {
  expect(
    counterexample((it) =>
      derive(it).wants.every(
        ({ standing, source, name, type }) =>
          standing.kind === 'publish' ||
          (it.claims ?? []).some(
            ({ holder, ...each }) =>
              each.name === name && each.type === type && holder !== undefined && sameRef(holder, source),
          ),
      ),
    ),
  ).toBeUndefined();
});

it('nobody takes the record of a source of another namespace that has not let it go', () => {
  expect(
    counterexample((it) => {
      const { wants } = derive(it);
      const alone = (holder: SourceRef) =>
        derive({ ...it, routes: (it.routes ?? []).filter((each) => each.namespace === holder.namespace) });
      return (it.claims ?? []).every(({ holder, recordId, name, type, state }) => {
        if (holder === undefined || state === 'released' || state === 'left') return true;
        const fate = alone(holder).fates.get(recordId);
        const isLetGo = fate?.kind !== 'kept' || fate.state === 'left';
        const taker = wants.find((want) => want.name === name && want.type === type);
        const rivals = (it.claims ?? []).filter((each) => each.name === name);
        return (
          isLetGo || taker === undefined || taker.source.namespace === holder.namespace || rivals.length > 1
        );
      });
    }),
  ).toBeUndefined();
});

it('the order of the input changes nothing', () => {
  const texts = (it: Scene) => {
    const { wants, problems, fates } = derive(it);
    const ids = [...fates.keys()].sort((a, b) => a.localeCompare(b));
    return JSON.stringify([wants, problems, ids.map((id) => fates.get(id))]);
  };
  const turned = (it: Scene): Scene => ({
    ...it,
    routes: (it.routes ?? []).toReversed(),
    gateways: (it.gateways ?? []).toReversed(),
    claims: (it.claims ?? []).toReversed(),
  });
  expect(counterexample((it) => texts(turned(it)) === texts(it))).toBeUndefined();
});
