import { parseHostname } from '../domain/hostname.ts';
import type { Problem } from '../domain/problem.ts';
import type { Change, PlanInput } from './plan.ts';

/** What may be carried out, and what is told of the rest. */
export interface Guarded {
  readonly changes: readonly Change[];
  readonly problems: readonly Problem[];
}

/**
 * PROTECTED_NAMES, for every change however it was come by: also of a record that a person renamed onto such a
 * name, or let go by approval. What counts is the name that the record has, and the one that it would get.
 */
export function withoutProtected(
  input: Pick<PlanInput, 'zone' | 'actual' | 'protectedBy'>,
  changes: readonly Change[],
): Guarded {
  const allowed: Change[] = [];
  const problems: Problem[] = [];
  for (const change of changes) {
    const why = namesOf(input, change).flatMap((name) => protectionOf(input, name))[0];
    if (why === undefined) allowed.push(change);
    else problems.push(problemOf(input, change, why));
  }
  return { changes: allowed, problems };
}

function namesOf(
  { actual }: Pick<PlanInput, 'actual'>,
  { name, before, after, write }: Change,
): readonly string[] {
  const record = write.kind === 'create' ? undefined : actual.byId(write.id);
  const present = record === undefined || record === 'absent' ? [] : [record.name];
  const texts = [...(before?.registry ?? []), ...(after?.registry ?? [])].map((text) => text.name);
  return [name, ...present, ...(after === undefined ? [] : [after.name]), ...texts];
}

/** No name of a setting is one that cannot be a hostname. */
function protectionOf({ protectedBy }: Pick<PlanInput, 'protectedBy'>, name: string): readonly string[] {
  const parsed = parseHostname(name);
  const why = parsed.ok ? protectedBy(parsed.value) : undefined;
  return why === undefined ? [] : [why];
}

function problemOf(
  { zone }: Pick<PlanInput, 'zone'>,
  { action, name, type, source, write }: Change,
  why: string,
): Problem {
  const which = write.kind === 'create' ? '' : ` (record ${write.id})`;
  return {
    reason: 'Pending',
    zone: zone.name,
    name,
    type,
    message: `no ${action} of ${type} ${name}${which}: ${why}`,
    ...(source === undefined ? {} : { source }),
  };
}
