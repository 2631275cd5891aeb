import type { Claim } from '../../src/domain/claim.ts';
import type { SourceObject } from '../../src/domain/cluster.ts';
import { excludes, isRecordType, type ActualRecord, type RecordType } from '../../src/domain/record.ts';
import type { Lab } from './lab.ts';
import { ALL_ZONES, NAMES, OWNER } from './names.ts';
import {
  holderSays,
  isProtected,
  routesOf,
  says,
  zoneOf,
  type Choice,
  type OracleWorld,
  type Saying,
} from './oracle.ts';
import type { SimProcess } from './process.ts';
import { heldByIn, markerOf } from './sent-batch.ts';
import { judgeSight } from './sight.ts';

interface Scene {
  readonly lab: Lab;
  readonly world: OracleWorld;
  readonly rows: ReadonlyMap<string, Claim>;
  readonly records: readonly ActualRecord[];
}

/** Once nothing fails any more: exactly what is wanted stands, around everything that is not ours. */
export function judgeEnding(lab: Lab, process: SimProcess): void {
  judgeSight(lab, process);
  const world = worldOf(lab, process);
  const rows = new Map(process.port.claims().map((claim) => [claim.recordId, claim]));
  const records = [...lab.cloudflare.records.values()].map(({ record }) => record);
  const scene: Scene = { lab, world, rows, records };
  const intents = process.port.intents();
  if (intents.length > 0)
    lab.fail('it settles', `${intents.length} intents are still open: ${JSON.stringify(intents[0])}`);
  for (const [id, at] of lab.cloudflare.deletedByUs) {
    const row = rows.get(id);
    if (row === undefined || at <= lab.ledgerBrokenAt) continue;
    // What a holder that returned waits with, the row remembers.
    if (['released', 'pending', 'frozen', 'suspended'].includes(row.state)) continue;
    lab.fail(
      'the ledger knows what was written',
      `${row.type} ${row.name} (${id}) was deleted by us, and its row stands (${row.state})`,
    );
  }
  for (const record of records) judgeRecord(scene, record, process);
  for (const name of NAMES) judgeName(scene, name);
}

function worldOf(lab: Lab, { egress, cluster, port, protectedNames }: SimProcess): OracleWorld {
  const states = egress.states();
  return {
    cluster: cluster.snapshot(),
    zones: ALL_ZONES,
    protectedNames,
    heldBy: heldByIn(port.claims()),
    egress: (family) => {
      const address = lab.lines.address[family];
      return states.get(family)?.status === 'confirmed' && address !== undefined ? [address] : [];
    },
  };
}

/** Nobody is asked to approve the deletion of what is gone. */
export function judgeHeld(lab: Lab, process: SimProcess): void {
  const world = worldOf(lab, process);
  for (const { recordId, zoneId, name, type, state, holder } of process.port.claims()) {
    if (state !== 'held' || holder === undefined || lab.cloudflare.records.has(recordId)) continue;
    const isHome = zoneOf(name, world.zones)?.id === zoneId;
    if (isHome && holderSays(`${holder.namespace}/${holder.name}`, name, world).evidence(type))
      lab.fail('nobody need approve what is gone', `${type} ${name} (${recordId}) is held`);
  }
}

function judgeRecord({ lab, world, rows, records }: Scene, record: ActualRecord, process: SimProcess): void {
  const row = rows.get(record.id);
  const what = `${record.type} ${record.name} → ${record.content} (${record.id}, "${record.comment}")`;
  if (row === undefined) {
    const marked = record.comment.includes(`record-owner-id=${OWNER} ${process.clusterId}:`);
    // Where nothing is owned or wanted, no drift check looks.
    const isLooked = [...rows.values()].some(({ zoneId }) => zoneId === record.zoneId);
    if (marked && isLooked && isRecordType(record.type) && !record.readOnly)
      lab.fail('what is marked ours is in the ledger', what);
    return;
  }
  if (row.state === 'released' || row.state === 'left' || lab.settings.strategy === 'upsert-only') return;
  if (isUnmarkable(record) || record.readOnly || row.holder === undefined) return;
  // One that another type is to replace stays until that can stand there.
  const publishers = routesOf(world).filter((route) =>
    typesOf(says(route, row.name, world)).some((type) => type === row.type || excludes(type, row.type)),
  );
  const home = zoneOf(row.name, world.zones);
  // Nor is one given the content of another installation's beside it, which only a person lets go of.
  const isTwinned = records.some(
    (other) =>
      other.name === record.name &&
      other.type === record.type &&
      other.id !== record.id &&
      !rows.has(other.id),
  );
  const isBlockedAtHome = records.some(
    (other) =>
      other.zoneId === home?.id &&
      other.name === row.name &&
      isRecordType(other.type) &&
      rows.get(other.id)?.state !== 'active',
  );
  // What a person proxied may be a private address's to replace, and then nothing can be written.
  const isStuck = isBlockedAtHome || record.proxied;
  if (isTwinned) return;
  if (publishers.length > 0 && (home?.id === record.zoneId || isStuck)) return;
  const holder = `${row.holder.namespace}/${row.holder.name}`;
  const saying = holderSays(holder, row.name, world);
  // Of two parents one counts, and which one is for test/desired to say; nor is what stands at a protected name deleted.
  if (saying.notes.length > 1 || isProtected(record.name, world.protectedNames)) return;
  if (saying.evidence(row.type))
    lab.fail(
      'nothing dangles',
      `${what}: its holder ${holder} is done with it, row ${row.state} (${row.stateReason})`,
    );
}

function judgeName(scene: Scene, name: string): void {
  const { lab, world, rows, records } = scene;
  // One that somebody renamed onto a protected name cannot be brought back.
  const isAway = records.some(
    (record) => rows.get(record.id)?.name === name && isProtected(record.name, world.protectedNames),
  );
  if (isAway) return;
  const zone = zoneOf(name, world.zones);
  const publishers = routesOf(world)
    .map((route) => ({ route, saying: says(route, name, world) }))
    .filter(({ saying }) => saying.publishes.size > 0);
  const here = records.filter((record) => record.name === name && record.zoneId === zone?.id);
  const ours = here.filter((record) => {
    const row = rows.get(record.id);
    return row !== undefined && row.state !== 'released' && row.state !== 'left';
  });
  const strangers = here.filter((record) => !ours.includes(record));
  const held = [...rows.values()].some((row) => {
    if (row.name !== name || row.state === 'released' || row.state === 'left') return false;
    if (row.holder === undefined) return true;
    const holder = `${row.holder.namespace}/${row.holder.name}`;
    const says = holderSays(holder, name, world);
    return says.publishes.size === 0 && !says.evidence(row.type);
  });
  const isExact = publishers.length === 1 && !held;
  for (const { route, saying } of isExact ? publishers : [])
    judgePublished(scene, name, route, saying, ours, strangers);
  const moves = lab.settings.strategy === 'full';
  const isSure = publishers.some(({ saying }) => saying.notes.length === 1);
  // In the zone that it comes from one stays while nothing can be written here.
  const standing = records.filter((record) => record.name === name && rows.has(record.id));
  const isPrivate = publishers.some(({ saying }) =>
    [...saying.publishes.values()].some((choice) => wasProxied(rows, name, choice)),
  );
  if (
    moves &&
    isSure &&
    !isPrivate &&
    publishers.length > 1 &&
    !held &&
    standing.length + strangers.length === 0
  ) {
    lab.fail(
      'what is wanted is published',
      `${name} is wanted by ${publishers.length} routes, and nothing stands there`,
    );
  }
}

function judgePublished(
  { lab, rows, records }: Scene,
  name: string,
  route: SourceObject,
  saying: Saying,
  ours: readonly ActualRecord[],
  strangers: readonly ActualRecord[],
): void {
  const who = `${route.namespace}/${route.name}`;
  const types = typesOf(saying);
  const hasChoice = types.includes('CNAME') && types.length > 1;
  const [notes, ...others] = saying.notes;
  // Of two parents one counts, and which one is for test/desired to say.
  if (hasChoice || notes === undefined || others.length > 0) return;
  for (const [type, choice] of saying.publishes) {
    // One of ours without its marker is not deleted, so it keeps another type out too.
    const unmarked = ours.filter((record) => record.type !== type && markerOf(record.comment) === undefined);
    const isBlocked = [...strangers, ...unmarked].some(
      ({ type: there }) => there === type || (isRecordType(there) && excludes(there, type)),
    );
    const standing = ours.filter((record) => record.type === type);
    const all = notes['addresses'] === 'all';
    // Of two parents one counts, and it need not be the one with the address.
    const hasOther = route.parentRefs.length > 1 && [...rows.values()].some((row) => row.name === name);
    if (standing.length === 0 && hasOther) continue;
    if (standing.length === 0) {
      // Nor is a private address published where somebody proxied what stands there, also in the zone that it is to
      // leave; the one that was published stays.
      const elsewhere = records.filter((record) => record.name === name && rows.has(record.id));
      const isKept =
        lab.settings.strategy === 'upsert-only' ||
        wasProxied(rows, name, choice) ||
        [...ours, ...elsewhere].some((record) => {
          const last = rows.get(record.id)?.content ?? '';
          const likely = choice.any.includes(last) ? [last] : choice.any;
          const isPrivate = likely[0]?.startsWith('10.') === true;
          return record.comment.length > 60 || (isPrivate && record.proxied);
        });
      if (!isBlocked && !isKept)
        lab.fail(
          'what is wanted is published',
          `${type} ${name} for ${who} is missing; it should be ${choice.any.join(' or ')}`,
        );
      continue;
    }
    if (isBlocked || ours.some((record) => record.readOnly) || lab.settings.strategy === 'upsert-only')
      continue;
    // One that waits, and that somebody gave this type or name, is nobody's to judge.
    const retyped = standing.some((record) => {
      const row = rows.get(record.id);
      return row?.type !== type || row.name !== name;
    });
    // The parent that gave the present record counts, also when its address has vanished.
    const mayWait = route.parentRefs.length > 1 && notes['content-mode'] === 'gateway-address';
    if (retyped || mayWait) continue;
    // One too many that has no room for a marker beside a person's words is not deleted.
    const certain = standing.length === 1 ? standing : standing.filter((record) => !isUnmarkable(record));
    if (certain.length > 1 && !all)
      lab.fail(
        'never two for one',
        `${standing.length} records for ${type} ${name}: ${standing.map(({ content }) => content).join(', ')}`,
      );
    for (const record of certain) {
      // A private address and the proxying that a person has switched on: nothing can be written.
      if (record.proxied && choice.any.some((content) => content.startsWith('10.'))) continue;
      if (!choice.any.includes(record.content))
        lab.fail(
          'the content is right',
          `${type} ${name} for ${who} is ${record.content}; it should be ${choice.any.join(' or ')}`,
        );
      const { proxied, ttl } = notes;
      if (proxied !== undefined && String(record.proxied) !== proxied)
        lab.fail('what is written is enforced', `${type} ${name}: proxied is ${record.proxied}`);
      const isOff = ttl !== undefined && !record.proxied && String(record.ttl) !== ttl;
      if (isOff)
        lab.fail('what is written is enforced', `${type} ${name}: ttl is ${record.ttl}, written is ${ttl}`);
    }
  }
}

function isUnmarkable({ comment }: ActualRecord): boolean {
  return !comment.includes('record-owner-id=') && comment.length > 60;
}

function typesOf(saying: Saying): readonly RecordType[] {
  return [...saying.publishes.keys()];
}

/** Somebody deleted what he had put behind the proxy: a private address is not published in its place. */
function wasProxied(rows: Scene['rows'], name: string, { any: [first] }: Choice): boolean {
  return (
    first?.startsWith('10.') === true && [...rows.values()].some((row) => row.name === name && row.proxied)
  );
}
