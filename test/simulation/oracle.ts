import type { ClusterSnapshot, GatewayObject, SourceObject } from '../../src/domain/cluster.ts';
import type { Claim } from '../../src/domain/claim.ts';
import type { RecordType } from '../../src/domain/record.ts';
import type { Zone } from '../../src/domain/zone.ts';
import { routeKindOf } from './names.ts';
import { isSeen, meet, parentsOf, UNUSABLE, type Notes, type OracleParent } from './oracle-parents.ts';

/**
 * What a route says of one name, by the contract alone: written anew for the simulated world's few kinds of input,
 * so that it can disagree with the program.
 */
export interface Saying {
  /** Contents that are right for each type that can be published now; every one of `all`, or any one. */
  readonly publishes: ReadonlyMap<RecordType, Choice>;
  /** Whether the spec proves that a record of that type is not asked for. */
  readonly evidence: (type: RecordType) => boolean;
  /** Whether somebody wants its record of that type left exactly as it is, or nobody can tell what they want. */
  readonly still: (type: RecordType) => Still | undefined;
  /** Its keys, with those of its gateway below them; one for each parent that may be the one that counts. */
  readonly notes: readonly Notes[];
}

type Still = 'suspended' | 'frozen';

export interface Choice {
  readonly any: readonly string[];
  /** How many of them stand at once. */
  readonly count: number;
}

export interface OracleWorld {
  readonly cluster: ClusterSnapshot;
  readonly zones: readonly Zone[];
  /** PROTECTED_NAMES. */
  readonly protectedNames: readonly string[];
  /** The ledger's rows of that source at that name. */
  readonly heldBy: (holder: string, name: string) => readonly Claim[];
  /** Addresses of a family that may be written now. */
  readonly egress: (family: 4 | 6) => readonly string[];
}

const NOTHING: ReadonlyMap<RecordType, Choice> = new Map();
const SILENT = { publishes: NOTHING, notes: [] };
const KEEPS: Saying = { ...SILENT, evidence: () => false, still: () => undefined };
const DONE: Saying = { ...SILENT, evidence: () => true, still: () => undefined };
const STILL: Readonly<Record<Still, Saying>> = {
  suspended: { ...KEEPS, still: () => 'suspended' },
  frozen: { ...KEEPS, still: () => 'frozen' },
};
const ALL_TYPES: ReadonlySet<RecordType> = new Set(['A', 'AAAA', 'CNAME']);

/** Keys whose unusable value freezes all records of the source; `hostnames` and `content` freeze less. */
const FREEZING = [
  'content-mode',
  'content-mode-aaaa',
  'type',
  'ttl',
  'proxied',
  'adopt',
  'suspend',
  'addresses',
  'require-ready',
];

export function routesOf(world: OracleWorld): readonly SourceObject[] {
  return Object.values(world.cluster.sources).flatMap((view) =>
    isSeen(view) ? [...view.objects.values()] : [],
  );
}

/** What the cluster says of the records that a holder has at a name. */
export function holderSays(holder: string | undefined, name: string, world: OracleWorld): Saying {
  if (isProtected(name, world.protectedNames)) return STILL.suspended;
  const view = holder === undefined ? undefined : world.cluster.sources[routeKindOf(holder)];
  if (holder === undefined || view?.trust.kind !== 'current') return KEEPS;
  if (!view.present(holder)) return DONE;
  const route = view.objects.get(holder);
  return route === undefined ? DONE : says(route, name, world);
}

export function says(route: SourceObject, name: string, world: OracleWorld): Saying {
  const own = route.annotations;
  if (isProtected(name, world.protectedNames)) return STILL.suspended;
  const still = stillBy(own);
  if (still !== undefined) return STILL[still];
  if (own['content-mode'] === 'none') return DONE;
  const held = world.heldBy(`${route.namespace}/${route.name}`, name);
  const saying = saysOf(route, name, held, world);
  switch (readinessOf(route, world)) {
    case 'ready':
      return saying;
    case 'waiting':
      return held.length > 0 ? saying : { ...saying, ...SILENT };
    case 'over':
      return {
        ...saying,
        ...SILENT,
        evidence: (type) => saying.evidence(type) || saying.still(type) === undefined,
      };
  }
}

/** Whether a name is never written: it is among them, or lies below a wildcard of them. */
export function isProtected(name: string, names: readonly string[]): boolean {
  return names.some((each) => each === name || (each.startsWith('*.') && name.endsWith(each.slice(1))));
}

/** What it says of a name, whatever its backends are. */
function saysOf(route: SourceObject, name: string, held: readonly Claim[], world: OracleWorld): Saying {
  const own = route.annotations;
  const asked = (own['hostnames'] ?? route.hostnames.join(',')).split(',');
  const names = asked.filter((entry) => !UNUSABLE.has(entry));
  const parents = parentsOf(route, names, name, world.cluster);
  const counting = parents.filter((parent) => !isModeless(parent));
  if (counting.length === 0) return DONE;
  const via = held.find((claim) => claim.via !== undefined)?.via;
  const present = counting.find(
    ({ key }) => via !== undefined && key === `${via.kind}/${via.namespace}/${via.name}`,
  );
  if (parents.every(({ offer }) => offer === 'never')) {
    // Of rows that were made from markers alone nobody knows which parent counts: any may.
    const isUntold = held.every((claim) => claim.via === undefined);
    const [still] = counting.flatMap((parent) =>
      parent.gateway !== undefined && (parent === present || isUntold) ? (stillBy(parent.notes) ?? []) : [],
    );
    if (still !== undefined) return STILL[still];
    if (!names.some((each) => meet(each, name) === name))
      return names.length < asked.length ? STILL.frozen : DONE;
    return counting.some(({ open }) => open) ? KEEPS : DONE;
  }
  if (present !== undefined && (present.offer !== 'never' || present.open))
    return saysBy([present], name, world);
  const giving = counting.filter(({ offer }) => offer === 'gives');
  const [first] = giving;
  if (first !== undefined) return saysBy(giving, name, world);
  const waiting = counting.filter(({ offer, open }) => offer === 'may' || open);
  return waiting.length === 0 ? DONE : saysBy(waiting, name, world);
}

/** By those of which one counts: each may publish its own, and what one of them is done with may go. */
function saysBy(parents: readonly OracleParent[], name: string, world: OracleWorld): Saying {
  const publishes = new Map<RecordType, Choice>();
  const zoned = zoneOf(name, world.zones) !== undefined;
  const giving = parents.filter(({ gateway, offer, notes }) => {
    return gateway !== undefined && offer === 'gives' && stillBy(notes) === undefined;
  });
  for (const { gateway, notes } of zoned ? giving : [])
    for (const type of typesUnder(notes)) {
      const choice = gateway === undefined ? undefined : choiceFor(type, notes, gateway, world, name);
      if (choice !== undefined) publishes.set(type, united(publishes.get(type), choice));
    }
  return {
    publishes,
    notes: parents.map(({ notes }) => notes),
    still: () => {
      const each = parents.map(stillOf);
      return each.includes(undefined) ? undefined : each.includes('frozen') ? 'frozen' : 'suspended';
    },
    evidence: (type) => parents.some((parent) => stillOf(parent) === undefined && isDoneWith(parent, type)),
  };
}

/** Between a CNAME and the addresses only a change in one batch is allowed; others go by evidence. */
function isDoneWith({ notes }: OracleParent, type: RecordType): boolean {
  const types = typesUnder(notes);
  if (types.has(type)) return false;
  return types.size === 0 || ![...types].every((each) => isCname(each) !== isCname(type));
}

function united(a: Choice | undefined, b: Choice): Choice {
  return a === undefined ? b : { any: [...a.any, ...b.any], count: Math.max(a.count, b.count) };
}

/** No write of any kind: somebody says so, or wrote what cannot be used. */
function stillBy(notes: Notes): Still | undefined {
  if (notes['suspend'] !== undefined) return 'suspended';
  const usesContent = notes['content-mode'] === 'static' || notes['content-mode-aaaa'] === 'static';
  const isUnusable = FREEZING.some((key) => UNUSABLE.has(notes[key] ?? ''));
  return isUnusable || (usesContent && unusableContent(notes)) ? 'frozen' : undefined;
}

function stillOf({ gateway, notes }: OracleParent): Still | undefined {
  return gateway === undefined ? undefined : stillBy(notes);
}

/** Nothing asks for a record by this parent, as the objects that are there prove. */
function isModeless({ gateway, notes, isKnown }: OracleParent): boolean {
  const mode = notes['content-mode'];
  return (
    gateway !== undefined &&
    isKnown &&
    stillBy(notes) === undefined &&
    (mode === undefined || mode === 'none')
  );
}

/** Whether its backends let it publish; while that is `waiting`, what is published stays, and nothing is added. */
function readinessOf(
  { kind, namespace, name, annotations }: SourceObject,
  { cluster }: OracleWorld,
): 'ready' | 'waiting' | 'over' {
  if (annotations['require-ready'] === undefined) return 'ready';
  const readiness = cluster.readiness?.get(`${kind}/${namespace}/${name}`);
  if (readiness?.kind === 'ready') return 'ready';
  return readiness?.kind === 'unready' && readiness.isOver ? 'over' : 'waiting';
}

/** Every type that the keys can lead to. */
function typesUnder(notes: Notes): ReadonlySet<RecordType> {
  const mode = notes['content-mode'];
  if ((mode === undefined || mode === 'none') && notes['type'] === undefined) return ALL_TYPES;
  return typesFor(notes, mode ?? '');
}

function typesFor(notes: Notes, mode: string): ReadonlySet<RecordType> {
  const types = new Set<RecordType>(writtenTypes(notes, mode));
  if (notes['content-mode-aaaa'] === 'none') types.delete('AAAA');
  return types;
}

function writtenTypes(notes: Notes, mode: string): readonly RecordType[] {
  switch (notes['type']) {
    case 'A':
    case 'AAAA':
    case 'CNAME':
      return [notes['type']];
    case 'A/AAAA':
      return ['A', 'AAAA'];
    default:
      if (mode === 'ddns') return ['A'];
      if (mode === 'gateway-address') return ['A', 'CNAME'];
      return unusableContent(notes) ? ['A', 'AAAA', 'CNAME'] : typesIn(notes['content'] ?? '');
  }
}

function typesIn(content: string): readonly RecordType[] {
  return [...new Set(content.split(',').map(typeOf))];
}

function typeOf(content: string): RecordType {
  if (content.includes(':')) return 'AAAA';
  return /^[0-9.]+$/.test(content) ? 'A' : 'CNAME';
}

function modeOf(type: RecordType, notes: Notes): string {
  return (type === 'AAAA' ? notes['content-mode-aaaa'] : undefined) ?? notes['content-mode'] ?? '';
}

function unusableContent(notes: Notes): boolean {
  const content = notes['content'];
  if (content === undefined) return true;
  const entries = content.split(',');
  const isPrivate = notes['proxied'] === 'true' && entries.some((entry) => entry.startsWith('10.'));
  return isPrivate || entries.some((entry) => UNUSABLE.has(entry));
}

function choiceFor(
  type: RecordType,
  notes: Notes,
  gateway: GatewayObject,
  world: OracleWorld,
  name: string,
): Choice | undefined {
  const own = modeOf(type, notes);
  if (own === 'static') {
    if (unusableContent(notes)) return undefined;
    return some(
      (notes['content'] ?? '').split(',').filter((each) => typeOf(each) === type && each !== name),
      1,
    );
  }
  if (own === 'ddns') return type === 'CNAME' ? undefined : some(world.egress(type === 'A' ? 4 : 6), 1);
  const usable = usableOf(gateway, type, notes);
  const all = notes['addresses'] === 'all' && type !== 'CNAME';
  return some(usable, all ? usable.length : 1);
}

function usableOf(gateway: GatewayObject, type: RecordType, notes: Notes): string[] {
  const listed = gateway.addresses.map(({ value }) => value);
  const hasIp = listed.some((value) => typeOf(value) !== 'CNAME');
  return listed.filter((value) => {
    if (typeOf(value) !== type || (type === 'CNAME' && hasIp)) return false;
    return !UNUSABLE.has(value) && !(notes['proxied'] === 'true' && value.startsWith('10.'));
  });
}

function some(any: readonly string[], count: number): Choice | undefined {
  return any.length === 0 ? undefined : { any, count };
}

function isCname(type: RecordType): boolean {
  return type === 'CNAME';
}

/** The zone with the longest name around it; active ones before others. */
export function zoneOf(name: string, zones: readonly Zone[]): Zone | undefined {
  const around = zones.filter((zone) => name === zone.name || name.endsWith(`.${zone.name}`));
  const active = around.filter(({ status }) => status === 'active');
  const pool = active.length > 0 ? active : around;
  return [...pool].sort((a, b) => b.name.length - a.name.length)[0];
}
