import type { ClusterSnapshot, GatewayObject, SourceObject, Trust } from '../../src/domain/cluster.ts';
import type { RecordType } from '../../src/domain/record.ts';
import type { Zone } from '../../src/domain/zone.ts';

/**
 * What a route says of one name, by the contract alone: written anew for the simulated world's few kinds of input,
 * so that it can disagree with the program.
 */
export interface Saying {
  /** Contents that are right for each type that can be published now; every one of `all`, or any one. */
  readonly publishes: ReadonlyMap<RecordType, Choice>;
  /** Whether the spec proves that a record of that type is not asked for. */
  readonly evidence: (type: RecordType) => boolean;
}

interface Choice {
  readonly any: readonly string[];
  /** How many of them stand at once. */
  readonly count: number;
}

export interface OracleWorld {
  readonly cluster: ClusterSnapshot;
  readonly zones: readonly Zone[];
  /** Whether the ledger has a row of that source at that name. */
  readonly holds: (holder: string, name: string) => boolean;
  /** Addresses of a family that may be written now. */
  readonly egress: (family: 4 | 6) => readonly string[];
}

const NOTHING: ReadonlyMap<RecordType, Choice> = new Map();
const KEEPS: Saying = { publishes: NOTHING, evidence: () => false };
const DONE: Saying = { publishes: NOTHING, evidence: () => true };

/** Raw values that the simulated world uses and the contract does not know. */
const UNUSABLE = new Set([
  'maybe',
  'soon',
  'MX',
  'gatewayaddress',
  '59',
  '!!',
  '127.0.0.1',
  'yes',
  'bad_name!',
]);
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
  const view = world.cluster.sources.HTTPRoute;
  return view === undefined || !isSeen(view) ? [] : [...view.objects.values()];
}

/** What the cluster says of the records that a holder has at a name. */
export function holderSays(holder: string | undefined, name: string, world: OracleWorld): Saying {
  const view = world.cluster.sources.HTTPRoute;
  if (holder === undefined || view?.trust.kind !== 'current') return KEEPS;
  if (!view.present(holder)) return DONE;
  const route = view.objects.get(holder);
  return route === undefined ? DONE : says(route, name, world);
}

export function says(route: SourceObject, name: string, world: OracleWorld): Saying {
  const notes = route.annotations;
  if (isStill(route)) return KEEPS;
  const mode = notes['content-mode'];
  if (mode === undefined || mode === 'none') return DONE;
  const asked = (notes['hostnames'] ?? route.hostnames.join(',')).split(',');
  const hasWrong = asked.some((entry) => UNUSABLE.has(entry));
  const names = asked.filter((entry) => !UNUSABLE.has(entry));
  if (!names.some((each) => meet(each, name) === name)) return hasWrong ? KEEPS : DONE;
  const readiness = notes['require-ready'] === undefined ? 'ready' : readinessOf(route, world);
  if (readiness === 'over') return { publishes: NOTHING, evidence: (type) => !isFrozen(type, notes, mode) };
  const offers = offersOf(route, names, name, world);
  if (!offers.unknown && offers.giving.length === 0) return DONE;
  const types = typesFor(notes, mode);
  const publishes = new Map<RecordType, Choice>();
  const zoned = zoneOf(name, world.zones) !== undefined;
  for (const type of types) {
    const choice = choiceFor(type, notes, mode, offers.giving, world, name);
    const isAdded = readiness === 'ready' || world.holds(keyOf(route), name);
    if (choice !== undefined && zoned && isAdded && offers.giving.length > 0) publishes.set(type, choice);
  }
  return {
    publishes,
    // Between a CNAME and the addresses only a change in one batch is allowed; others go by evidence.
    evidence: (type) =>
      !types.has(type) && (types.size === 0 || ![...types].every((each) => isCname(each) !== isCname(type))),
  };
}

/** Whether its backends let it publish; while that is `waiting`, what is published stays, and nothing is added. */
function readinessOf(
  { kind, namespace, name }: SourceObject,
  { cluster }: OracleWorld,
): 'ready' | 'waiting' | 'over' {
  const readiness = cluster.readiness?.get(`${kind}/${namespace}/${name}`);
  if (readiness?.kind === 'ready') return 'ready';
  return readiness?.kind === 'unready' && readiness.isOver ? 'over' : 'waiting';
}

/** Whether nothing of a route's is written at all: it is suspended, or frozen by a value that cannot be used. */
export function isStill({ annotations }: SourceObject): boolean {
  return annotations['suspend'] !== undefined || FREEZING.some((key) => UNUSABLE.has(annotations[key] ?? ''));
}

interface Offers {
  readonly giving: readonly GatewayObject[];
  /** A parent that may give the name, or of which nobody knows. */
  readonly unknown: boolean;
}

function offersOf(
  route: SourceObject,
  names: readonly string[],
  name: string,
  { cluster }: OracleWorld,
): Offers {
  const giving: GatewayObject[] = [];
  let unknown = false;
  for (const ref of route.parentRefs) {
    const gateway = cluster.gateways.objects.get(`${ref.namespace}/${ref.name}`);
    if (cluster.gateways.trust.kind !== 'current') unknown = true;
    if (!isSeen(cluster.gateways) || gateway === undefined) {
      unknown = true;
      continue;
    }
    const status = route.parentStatuses.find((each) => each.ref.name === ref.name);
    const accepted = status?.accepted === 'True' && (status.observedGeneration ?? 0) >= route.generation;
    for (const listener of gateway.listeners) {
      const fits = names.some((each) => meet(each, listener.hostname) === name);
      const named = names.some((each) => meet(each, listener.hostname) !== undefined);
      const permission = allows(listener.allowedNamespaces.from, route, gateway, cluster);
      // Whether it takes the route or not, a name that it cannot give is not given by it.
      if (permission === 'unknown' && fits) unknown = true;
      // A listener that will take the route, though it takes another name of it, is about to change what is given.
      if (permission === 'yes' && named && !accepted) unknown = true;
      if (permission === 'yes' && fits && accepted) giving.push(gateway);
    }
  }
  return { giving, unknown };
}

function allows(
  from: string,
  route: SourceObject,
  gateway: GatewayObject,
  { namespaces }: ClusterSnapshot,
): 'yes' | 'no' | 'unknown' {
  if (from === 'All') return 'yes';
  if (from === 'Same') return route.namespace === gateway.namespace ? 'yes' : 'no';
  const namespace = namespaces.objects.get(route.namespace);
  if (!isSeen(namespaces) || namespace === undefined) return 'unknown';
  if (namespace.labels['dns'] === 'yes') return 'yes';
  return namespaces.trust.kind === 'current' ? 'no' : 'unknown';
}

/** What was last known is served while a watch makes no progress; it proves nothing against a record. */
function isSeen({ trust }: { readonly trust: Trust }): boolean {
  return trust.kind === 'current' || trust.kind === 'stale';
}

function typesFor(notes: SourceObject['annotations'], mode: string): ReadonlySet<RecordType> {
  const types = new Set<RecordType>(writtenTypes(notes, mode));
  if (notes['content-mode-aaaa'] === 'none') types.delete('AAAA');
  return types;
}

function writtenTypes(notes: SourceObject['annotations'], mode: string): readonly RecordType[] {
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

/** What has unusable content stays, whatever becomes of the rest. */
function isFrozen(type: RecordType, notes: SourceObject['annotations'], mode: string): boolean {
  const isStatic = modeOf(type, notes, mode) === 'static';
  return isStatic && (notes['content'] ?? '!!').split(',').some((entry) => UNUSABLE.has(entry));
}

function modeOf(type: RecordType, notes: SourceObject['annotations'], mode: string): string {
  return type === 'AAAA' ? (notes['content-mode-aaaa'] ?? mode) : mode;
}

function unusableContent(notes: SourceObject['annotations']): boolean {
  const content = notes['content'];
  if (content === undefined) return true;
  const entries = content.split(',');
  const isPrivate = notes['proxied'] === 'true' && entries.some((entry) => entry.startsWith('10.'));
  return isPrivate || entries.some((entry) => UNUSABLE.has(entry));
}

function choiceFor(
  type: RecordType,
  notes: SourceObject['annotations'],
  mode: string,
  giving: readonly GatewayObject[],
  world: OracleWorld,
  name: string,
): Choice | undefined {
  const own = modeOf(type, notes, mode);
  if (own === 'static') {
    if (unusableContent(notes)) return undefined;
    return some(
      (notes['content'] ?? '').split(',').filter((each) => typeOf(each) === type && each !== name),
      1,
    );
  }
  if (own === 'ddns') return type === 'CNAME' ? undefined : some(world.egress(type === 'A' ? 4 : 6), 1);
  const usable = (gateway: GatewayObject) => usableOf(gateway, type, notes);
  const [first] = giving.filter((gateway) => usable(gateway).length > 0);
  if (first === undefined) return undefined;
  const all = notes['addresses'] === 'all' && type !== 'CNAME';
  return some(giving.flatMap(usable), all ? usable(first).length : 1);
}

function usableOf(gateway: GatewayObject, type: RecordType, notes: SourceObject['annotations']): string[] {
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

function keyOf({ namespace, name }: SourceObject): string {
  return `${namespace}/${name}`;
}

/** The zone with the longest name around it; active ones before others. */
export function zoneOf(name: string, zones: readonly Zone[]): Zone | undefined {
  const around = zones.filter((zone) => name === zone.name || name.endsWith(`.${zone.name}`));
  const active = around.filter(({ status }) => status === 'active');
  const pool = active.length > 0 ? active : around;
  return [...pool].sort((a, b) => b.name.length - a.name.length)[0];
}

/** The more specific of two names, where one covers the other. */
function meet(a: string, b: string | undefined): string | undefined {
  if (b === undefined || a === b) return a;
  if (a.startsWith('*.') && b.endsWith(a.slice(1)) && b.length > a.length - 1) return b;
  if (b.startsWith('*.') && a.endsWith(b.slice(1)) && a.length > b.length - 1) return a;
  return undefined;
}
