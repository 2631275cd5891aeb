import { isWithin } from '../domain/hostname.ts';
import type { Problem } from '../domain/problem.ts';
import { excludes, isRecordType, type ActualRecord } from '../domain/record.ts';
import type { Want } from '../domain/want.ts';
import { ownershipOf } from './ownership.ts';
import type { Plan } from './plan.ts';
import type { PlanContext, Row } from './table.ts';

/** What stands in a zone beside our records and bears on them, as it was last read: no row of ours tells it. */
export interface Surroundings {
  /** Names below the apex that NS records hand over to other name servers; from the last list. */
  readonly delegated: readonly string[];
  /** By name, the strangers' records where something is wanted; from whatever read the name last. */
  readonly strangers: ReadonlyMap<string, readonly Stranger[]>;
}

interface Stranger {
  readonly id: string;
  readonly type: string;
  readonly content: string;
  readonly why: string;
}

export const NOTHING_SEEN: Surroundings = { delegated: [], strangers: new Map() };

/** What `last` showed, brought up to date by what was read for this plan. */
export function surroundingsOf(
  context: PlanContext,
  table: ReadonlyMap<string, Row>,
  last: Surroundings = NOTHING_SEEN,
): Surroundings {
  const { all } = context.actual;
  const strangers = new Map<string, readonly Stranger[]>();
  for (const { name, wants } of table.values()) {
    if (wants.length === 0) continue;
    const records = context.actual.at(name);
    const seen = records === undefined ? last.strangers.get(name) : strangersIn(context, records);
    const still = seen?.filter(({ id }) => context.rowOf(id) === undefined) ?? [];
    if (still.length > 0) strangers.set(name, still);
  }
  return { delegated: all === undefined ? last.delegated : delegatedIn(context, all), strangers };
}

function delegatedIn({ zone }: PlanContext, records: readonly ActualRecord[]): readonly string[] {
  const names = records.filter(({ type, name }) => type === 'NS' && name !== zone.name);
  return [...new Set(names.map(({ name }) => name))].sort();
}

function strangersIn(context: PlanContext, records: readonly ActualRecord[]): readonly Stranger[] {
  return records
    .filter(({ id, type }) => isRecordType(type) && context.rowOf(id) === undefined)
    .flatMap((record) => {
      const { kind, why } = ownershipOf(record, undefined, context.identity);
      const { id, type, content } = record;
      return kind === 'unmarked' || kind === 'foreign' ? [{ id, type, content, why }] : [];
    });
}

/**
 * What is published as asked and yet does not answer, or does not answer alone. Told on the source; nothing waits
 * for it. A want that is blocked has been told already.
 */
export function overshadowed(
  table: ReadonlyMap<string, Row>,
  { delegated, strangers }: Surroundings,
  { problems, changes }: Pick<Plan, 'problems' | 'changes'>,
): readonly Problem[] {
  if (delegated.length === 0 && strangers.size === 0) return [];
  const blocked = new Set(
    problems.filter(({ reason }) => reason === 'RecordConflict').map(({ name, type }) => `${type} ${name}`),
  );
  const adopted = new Set(changes.flatMap(({ write }) => (write.kind === 'update' ? [write.id] : [])));
  return [...table.values()].flatMap(({ name, wants, claims }) =>
    wants.flatMap((want) => {
      if (want.standing.kind !== 'publish' || blocked.has(`${want.type} ${name}`)) return [];
      const cut = delegated.find((each) => isWithin(name, each));
      const isThere = claims.some(({ claim }) => claim.type === want.type && claim.state !== 'released');
      const beside = (strangers.get(name) ?? []).filter(
        ({ id, type }) => isBeside(type, want) && !adopted.has(id),
      );
      return [
        ...(cut === undefined
          ? []
          : [{ ...problemOf(want, delegatedText(want, cut)), obstacle: { kind: 'delegation' as const } }]),
        ...(beside.length === 0 || !isThere ? [] : [problemOf(want, besideText(want, beside))]),
      ];
    }),
  );
}

function isBeside(type: string, want: Want): boolean {
  return type === want.type || (isRecordType(type) && excludes(type, want.type));
}

/** RFC 1034 §4.2.1: a zone ends where NS records hand a name over; what it holds below answers nobody. */
function delegatedText({ name, type, zone }: Want, cut: string): string {
  const where = cut === name ? 'the NS record on it' : `the NS record on ${cut}`;
  return `${type} ${name} answers nobody: ${where} in zone ${zone.name} hands the name over to other name servers. Publish it there, or remove that NS record; where ${cut} is a zone of its own at Cloudflare, let the token (and ZONES) see it`;
}

function besideText({ name, type }: Want, strangers: readonly Stranger[]): string {
  const list = strangers.map((each) => `${each.type} ${each.content} (${each.why})`).join(', ');
  return `${type} ${name} does not answer alone: beside it stands ${list}; it is left as it is. Remove it where it is not meant`;
}

function problemOf({ source, zone, name, type }: Want, message: string): Problem {
  return { reason: 'RecordConflict', source, zone: zone.name, name, type, message };
}
