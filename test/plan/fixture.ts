import type { Claim } from '../../src/domain/claim.ts';
import { parseHostname, type Hostname } from '../../src/domain/hostname.ts';
import type { Identity } from '../../src/domain/owner.ts';
import type { ActualRecord, RecordType } from '../../src/domain/record.ts';
import type { SourceRef } from '../../src/domain/source.ts';
import type { Desired, Fate, Want } from '../../src/domain/want.ts';
import type { Zone } from '../../src/domain/zone.ts';
import { nothingRead, viewOfZone, withReads, type ActualView } from '../../src/plan/actual.ts';
import type { Surroundings } from '../../src/plan/surroundings.ts';
import { makePlan, type Limits, type Plan, type PlanInput } from '../../src/plan/plan.ts';

export const NOW = Date.parse('2026-03-01T12:00:00.000Z');
export const AT = new Date(NOW).toISOString();
export const ZONE: Zone = { id: 'z1', name: 'example.com', status: 'active' };
export const SUBZONE: Zone = { id: 'z2', name: 'sub.example.com', status: 'active' };
export const ME: Identity = { owner: 'me', cluster: '11111111', formerOwners: ['old-me'] };
export const APP: SourceRef = { kind: 'HTTPRoute', namespace: 'web', name: 'app' };
export const OTHER: SourceRef = { kind: 'HTTPRoute', namespace: 'web', name: 'other' };
export const MARKER = 'record-owner-id=me 11111111:HTTPRoute/web/app';

export function host(name: string): Hostname {
  const parsed = parseHostname(name);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

/** The wants of `source` at app.example.com; contents as given. */
export function want(contents: string | readonly string[], more: Partial<Want> = {}): Want {
  return {
    source: APP,
    zone: ZONE,
    name: host('app.example.com'),
    type: 'A',
    standing: { kind: 'publish', contents: typeof contents === 'string' ? [contents] : contents },
    mode: 'gateway-address',
    via: undefined,
    ttl: { value: 'auto', written: false },
    proxied: { value: false, written: false },
    adopt: false,
    ...more,
  };
}

export function claim(recordId: string, content: string, more: Partial<Claim> = {}): Claim {
  return {
    zoneId: 'z1',
    zoneName: 'example.com',
    recordId,
    name: host('app.example.com'),
    type: 'A',
    content,
    ttl: 'auto',
    proxied: false,
    holder: APP,
    via: undefined,
    mode: 'gateway-address',
    cluster: '11111111',
    ttlWritten: false,
    proxiedWritten: false,
    adopted: false,
    state: 'active',
    stateReason: '',
    doomedAt: undefined,
    createdAt: AT,
    updatedAt: AT,
    verifiedAt: AT,
    ...more,
  };
}

/** A record at app.example.com that bears our marker, unless `comment` says otherwise. */
export function record(id: string, content: string, more: Partial<ActualRecord> = {}): ActualRecord {
  return {
    id,
    zoneId: 'z1',
    name: 'app.example.com',
    type: 'A',
    content,
    ttl: 'auto',
    proxied: false,
    comment: MARKER,
    readOnly: false,
    ...more,
  };
}

export const GONE: Fate = { kind: 'doomed', evidence: 'holder-absent', why: 'its holder is gone' };

export function kept(state: 'pending' | 'frozen' | 'suspended' | 'left'): Fate {
  return { kind: 'kept', state, why: `it is ${state}` };
}

export interface Scene {
  readonly wants?: readonly Want[];
  readonly losers?: readonly Want[];
  readonly claims?: readonly Claim[];
  /** What the cluster says of a claim; without an entry: wanted where a want has its key, else doomed. */
  readonly fates?: Readonly<Record<string, Fate>>;
  /** The whole zone, listed. */
  readonly zone?: readonly ActualRecord[];
  /** Only these names were read. */
  readonly names?: Readonly<Record<string, readonly ActualRecord[]>>;
  /** Only these ids were read; `undefined` is an id that is not there. */
  readonly ids?: Readonly<Record<string, ActualRecord | undefined>>;
  readonly limits?: Partial<Limits>;
  readonly identity?: Identity;
  readonly remembered?: PlanInput['remembered'];
  /** Names that are never written. */
  readonly protectedNames?: readonly string[];
  readonly of?: Zone;
  readonly surroundings?: Surroundings;
}

export function inputOf(scene: Scene): PlanInput {
  const wants = scene.wants ?? [];
  const claims = scene.claims ?? [];
  const fates = new Map(
    claims.map((each): [string, Fate] => [
      each.recordId,
      scene.fates?.[each.recordId] ?? fateOf(each, wants),
    ]),
  );
  const desired: Desired = {
    wants,
    losers: scene.losers ?? [],
    fates,
    problems: [],
    egressFamilies: new Set(),
  };
  return {
    zone: scene.of ?? ZONE,
    desired,
    claims,
    actual: viewOf(scene),
    identity: scene.identity ?? ME,
    limits: {
      now: NOW,
      deleteDelayMs: 30_000,
      strategy: 'full',
      held: new Map(),
      unjudged: false,
      approved: new Set(),
      ...scene.limits,
    },
    protectedBy: (name) =>
      scene.protectedNames?.includes(name) === true ? `PROTECTED_NAMES has ${name}` : undefined,
    remembered: scene.remembered ?? (() => undefined),
    ...(scene.surroundings === undefined ? {} : { surroundings: scene.surroundings }),
  };
}

function fateOf(of: Claim, wants: readonly Want[]): Fate {
  return wants.some((each) => each.zone.id === of.zoneId && each.name === of.name && each.type === of.type)
    ? { kind: 'wanted' }
    : GONE;
}

function viewOf({ zone, names, ids }: Scene): ActualView {
  const base = zone === undefined ? nothingRead : viewOfZone(zone);
  return withReads(base, new Map(Object.entries(names ?? {})), new Map(Object.entries(ids ?? {})));
}

export function plan(scene: Scene): Plan {
  return makePlan(inputOf(scene));
}

/**
 * A plan as short text: `+ ~ -` are the writes as they are sent (names and markers shortened), `row` the changes of
 * the ledger alone, `read` what has to be read first, `!` what stands in the way, `due` when to look again.
 */
export function lines(scene: Scene): readonly string[] {
  return planText(plan(scene));
}

export function planText(made: Plan): readonly string[] {
  const { reads } = made;
  return [
    ...made.changes.map((change) => {
      const { write } = change;
      if (write.kind === 'delete') return short(`- ${change.type} ${change.name} ${write.id}`);
      if (write.kind === 'create') {
        const { type, name, content, ttl, proxied, comment } = write;
        return short(`+ ${type} ${name} ${content} ttl=${ttl} proxied=${proxied} "${comment}"`);
      }
      const { kind: _kind, id, ...patch } = write;
      const sent = Object.entries(patch).map(
        ([key, value]) => `${key}=${key === 'comment' ? `"${value}"` : value}`,
      );
      const sign = change.action === 'adopt' ? '~ adopt' : '~';
      return short(`${sign} ${change.type} ${change.name} ${id} ${sent.join(' ')}`);
    }),
    ...made.rows.map((row) => {
      if (row.kind === 'drop') return `row ${row.recordId} dropped`;
      const { recordId, state, stateReason } = row.claim;
      return `row ${recordId} ${state}${stateReason === '' ? '' : `: ${stateReason}`}`;
    }),
    ...[...reads.names].map((name) => short(`read ${name}`)),
    ...[...reads.ids].map((id) => `read id ${id}`),
    ...(reads.whole ? ['read the zone'] : []),
    ...made.problems.map((problem) =>
      short(`! ${problem.reason} ${problem.type ?? ''} ${problem.name ?? ''}`),
    ),
    ...(made.orphans ?? []).map((orphan) => `orphan ${orphan.record.id}`),
    ...(made.due === undefined ? [] : [`due in ${(made.due - NOW) / 1000}s`]),
  ];
}

function short(text: string): string {
  return text
    .replaceAll('.example.com', '')
    .replaceAll('record-owner-id=', '#')
    .replaceAll('HTTPRoute/web/', '');
}

/** A want or row of another type at the same name. */
export function typed<T extends RecordType | 'TXT'>(type: T): { readonly type: T } {
  return { type };
}
