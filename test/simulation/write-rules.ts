import { isRecordType, type ActualRecord } from '../../src/domain/record.ts';
import type { RecordWrite } from '../../src/domain/write.ts';
import { OWNER } from './names.ts';
import { holderSays, isProtected, routesOf, says, zoneOf, type Saying } from './oracle.ts';
import { clashes, isPublished, markerOf, remaining, whose, wordsIn, type SentBatch } from './sent-batch.ts';
import { writeText } from './watched-records.ts';

type Fail = (invariant: string, why: string) => void;

/** Says of each write of a batch which promise it breaks, if it breaks one. */
export function judgeWrites(batch: SentBatch): void {
  for (const write of batch.writes) {
    const fail: Fail = (invariant, why) =>
      batch.lab.fail(invariant, `${writeText(write)} in ${batch.zone.name}: ${why}`);
    judgeProtected(batch, write, fail);
    if (write.kind === 'create') judgeCreate(batch, write, fail);
    else judgeStill(batch, write.id, fail);
    if (write.kind === 'update') judgeUpdate(batch, write, fail);
  }
}

/** PROTECTED_NAMES: neither the name that a record has, or had by its row, nor the one that it would get. */
function judgeProtected({ rows, reads, world }: SentBatch, write: RecordWrite, fail: Fail): void {
  const at = write.kind === 'create' ? [] : [rows.get(write.id)?.name, reads.records.get(write.id)?.name];
  const to = write.kind === 'delete' ? undefined : write.name;
  const name = [...at, to].find((each) => each !== undefined && isProtected(each, world.protectedNames));
  if (name !== undefined) fail('a protected name is not written', `PROTECTED_NAMES holds ${name}`);
}

/** What somebody wants left exactly as it is, and what nobody can tell, is not written at all. */
function judgeStill({ rows, world, approved }: SentBatch, id: string, fail: Fail): void {
  const row = rows.get(id);
  if (row?.holder === undefined || row.state === 'released' || approved.has(id)) return;
  // Which gateway counts for a row that was made from a marker alone, nobody knows yet.
  if (row.via === undefined) return;
  const holder = `${row.holder.namespace}/${row.holder.name}`;
  // Where somebody copied a record of another source's, both hold the name, and one must give way.
  const isShared = [...rows.values()].some(
    (other) =>
      other.name === row.name &&
      clashes(other.type, row.type) &&
      other.state !== 'released' &&
      other.holder !== undefined &&
      `${other.holder.namespace}/${other.holder.name}` !== holder,
  );
  if (isShared) return;
  const still = holderSays(holder, row.name, world).still(row.type);
  // Within a namespace the older source has the name, also against one whose keys cannot be used.
  const hasRival = routesOf(world).some(
    (route) =>
      route.namespace === row.holder?.namespace &&
      [...says(route, row.name, world).publishes.keys()].some((type) => clashes(type, row.type)),
  );
  if (still === 'suspended' || (still === 'frozen' && !hasRival))
    fail('what is frozen or suspended stays', `it is ${holder}'s, which is ${still}`);
}

function judgeCreate(batch: SentBatch, write: Extract<RecordWrite, { kind: 'create' }>, fail: Fail): void {
  const { reads, rows, writes, zone, world, clusterId } = batch;
  const { name, type, comment, content } = write;
  if (!reads.hasName(name)) fail('read before a create', 'its name was not read for this plan');
  for (const record of reads.records.values()) {
    if (record.name !== name || !standsAgainst(record.type, type, name === zone.name)) continue;
    const goes = writes.some(
      (each) =>
        each.kind !== 'create' &&
        each.id === record.id &&
        // Deleted, or taken over in this very batch.
        (each.kind === 'delete' || each.comment !== undefined),
    );
    const owned = whose(record, rows.get(record.id), clusterId);
    // One of ours from before stands for one of the contents, also where nothing of it can be written yet.
    if (goes || owned === 'ours' || owned === 'takeable') continue;
    const what = `${record.type} ${record.content} (${record.id}, "${record.comment}")`;
    fail('nothing beside a stranger', `${what} is ${owned}`);
  }
  const most = Math.max(1, ...routesOf(world).map((route) => countOf(says(route, name, world), type)));
  const after = remaining(batch, name).filter((each) => each === type).length;
  if (after > most) fail('never two for one', `there would be ${after} where ${most} can be wanted`);
  if (markerOf(comment)?.owner !== OWNER || comment.length > 100) {
    fail('a create is marked', `its comment is "${comment}"`);
  }
  if (zoneOf(name, world.zones)?.id !== zone.id) fail('the right zone', 'the name belongs to another zone');
  judgeContent(batch, name, type, content, fail);
  judgeWords(batch, write, fail);
  judgeReach(write.content, write.proxied, fail);
}

/** What a person wrote on a record that this one replaces goes on to it. */
function judgeWords(
  { reads, writes }: SentBatch,
  { name, type, comment }: Extract<RecordWrite, { kind: 'create' }>,
  fail: Fail,
): void {
  const words = writes.flatMap((write) => {
    const old = write.kind === 'delete' ? reads.records.get(write.id) : undefined;
    if (old === undefined || old.name !== name || old.type === type || !clashes(old.type, type)) return [];
    return wordsIn(old.comment);
  });
  const written = words.filter((each) => each !== '');
  if (written.length > 0 && !written.some((each) => comment.startsWith(each)))
    fail("a person's words stay", `"${written[0]}" is lost`);
}

/** Cloudflare's proxy reaches no private address, whoever switched it on. */
function judgeReach(content: string, proxied: boolean | undefined, fail: Fail): void {
  if (proxied === true && content.startsWith('10.')) fail('no private address behind the proxy', content);
}

/** Whether as many of ours stand at a record's name, for its type, as can be wanted. */
function standsAlready(
  { reads, rows, world, clusterId }: SentBatch,
  { id, name, type, zoneId }: ActualRecord,
): boolean {
  const ours = [...reads.records.values()].filter(
    (each) =>
      each.id !== id &&
      each.name === name &&
      each.type === type &&
      each.zoneId === zoneId &&
      rows.has(each.id) &&
      whose(each, rows.get(each.id), clusterId) === 'ours',
  );
  const most = Math.max(1, ...routesOf(world).map((route) => countOf(says(route, name, world), type)));
  return ours.length >= most;
}

function countOf(saying: Saying, type: string): number {
  return isRecordType(type) ? (saying.publishes.get(type)?.count ?? 0) : 0;
}

function judgeUpdate(batch: SentBatch, write: Extract<RecordWrite, { kind: 'update' }>, fail: Fail): void {
  const { reads, rows } = batch;
  const row = rows.get(write.id);
  const record = reads.records.get(write.id);
  const name = row?.name ?? record?.name ?? '';
  const type = record?.type ?? row?.type ?? '';
  if (record === undefined) judgeUnread(row?.state, write.comment, fail);
  else judgeRead(batch, write, fail);
  const { comment } = write;
  if (comment !== undefined && (comment.length > 100 || markerOf(comment)?.owner !== OWNER)) {
    fail('an update is marked', `its comment is "${comment}"`);
  }
  if (write.content !== undefined) {
    judgeContent(batch, name, type, write.content, fail);
    judgeReach(write.content, write.proxied ?? record?.proxied ?? row?.proxied, fail);
  }
  if (write.proxied !== undefined)
    judgeProxied(batch, name, write.proxied, row?.proxiedWritten === true, fail);
}

/** The ledger alone is enough only to change, in place, a record that is ours. */
function judgeUnread(state: string | undefined, comment: string | undefined, fail: Fail): void {
  if (state === undefined || state === 'released' || state === 'left') {
    fail('only what is ours', `it was not read, and is ${state ?? 'in no row'}`);
  }
  if (comment !== undefined) fail('comments are read first', 'its comment was not read for this plan');
}

function judgeRead(batch: SentBatch, write: Extract<RecordWrite, { kind: 'update' }>, fail: Fail): void {
  const { reads, rows, world, clusterId } = batch;
  const record = reads.records.get(write.id);
  if (record === undefined) return;
  const row = rows.get(write.id);
  const owned = whose(record, row, clusterId);
  const mayAdopt = routesOf(world).some(
    (route) => route.annotations['adopt'] === 'true' && says(route, record.name, world).publishes.size > 0,
  );
  if (owned === 'foreign' || (owned === 'unmarked' && !mayAdopt)) {
    fail('only what is ours', `it was read as ${owned}: "${record.comment}"`);
  }
  if (owned === 'takeable' && !isPublished(row?.name ?? record.name, record.type, world)) {
    fail('only what is ours', 'an orphan that nothing wants');
  }
  if (owned === 'takeable' && row === undefined && standsAlready(batch, record))
    fail('only what is ours', 'it is not needed: ours stands there for all that is wanted');
  if (write.comment !== undefined && !write.comment.startsWith(wordsIn(record.comment))) {
    fail("a person's words stay", `"${record.comment}" becomes "${write.comment}"`);
  }
}

function judgeContent({ world }: SentBatch, name: string, type: string, content: string, fail: Fail): void {
  const wanted = routesOf(world).flatMap((route) =>
    isRecordType(type) ? (says(route, name, world).publishes.get(type)?.any ?? []) : [],
  );
  if (!wanted.includes(content)) {
    fail('only wanted content', `no route wants it; wanted are ${wanted.join(', ') || 'none'}`);
  }
}

function judgeProxied(
  { world }: SentBatch,
  name: string,
  proxied: boolean,
  wasWritten: boolean,
  fail: Fail,
): void {
  const written = routesOf(world)
    .map((route) => says(route, name, world))
    .filter(({ publishes }) => publishes.size > 0)
    .flatMap(({ notes }) => notes.map((each) => each['proxied']));
  if (written.includes(String(proxied)) || wasWritten) return;
  fail('what a person set stays', `proxied becomes ${proxied}, which nobody wrote`);
}

/** Whether a record of this type keeps one of the wanted type from being created beside it. */
function standsAgainst(there: string, wanted: string, atApex: boolean): boolean {
  return there === 'NS' ? !atApex : clashes(there, wanted);
}
