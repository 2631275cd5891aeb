import type { HistoryEntry } from '../domain/entry.ts';
import type { Hostname } from '../domain/hostname.ts';
import type { Refusal } from '../domain/refusal.ts';
import { refText } from '../domain/source.ts';
import { unreachable } from '../domain/result.ts';
import type { Zone } from '../domain/zone.ts';
import { planAdoption } from './adoption.ts';
import { describePlan, describeData, type PlanLine } from './describe.ts';
import type { Change, PlanInput, RowChange } from './plan.ts';
import { withoutProtected } from './protection.ts';
import { planRelease } from './release.ts';
import { planUninstall } from './uninstall.ts';

/** What a person asks for by a command, beside what the sources ask for; docs/commands.md. */
export type ActRequest =
  | { readonly kind: 'adopt'; readonly name: Hostname }
  | { readonly kind: 'adopt-identical' }
  | { readonly kind: 'release'; readonly name: Hostname; readonly restore: boolean }
  | { readonly kind: 'uninstall'; readonly keepRecords: boolean };

/** What an act would do in one zone. Like a plan, it is data: shown to a person first, then carried out. */
export interface ActPlan {
  readonly zone: Zone;
  readonly changes: readonly Change[];
  readonly rows: readonly RowChange[];
  /** Names to be taken from their sources before anything is written; without their annotations. */
  readonly refuse: readonly Pick<Refusal, 'name' | 'holder'>[];
  /** What is left out, each with its reason. */
  readonly notes: readonly string[];
}

/** What an act is planned from. The whole zone was listed for it. */
export interface ActInput extends PlanInput {
  /** Newest first. */
  readonly history: (name: Hostname) => readonly HistoryEntry[];
}

/** Plans an act for one zone. Only what is listed is touched, and only a marker read as ours lets a record go. */
export function planAct(request: ActRequest, input: ActInput): ActPlan {
  const plan = planRequest(request, input);
  const { changes, problems } = withoutProtected(input, plan.changes);
  return { ...plan, changes, notes: [...plan.notes, ...problems.map(({ message }) => message)] };
}

function planRequest(request: ActRequest, input: ActInput): ActPlan {
  switch (request.kind) {
    case 'adopt':
      return planAdoption(input, request.name);
    case 'adopt-identical':
      return planAdoption(input, undefined);
    case 'release':
      return planRelease(input, request.name, request.restore);
    case 'uninstall':
      return planUninstall(input, request.keepRecords);
    default:
      return unreachable(request);
  }
}

/** One line of an act as it is shown; `key` says which step of it a person agreed to. */
export interface ActLine extends PlanLine {
  readonly key: string;
}

export function changeKey(zone: Zone, { write, name, type }: Change): string {
  return write.kind === 'create'
    ? `${zone.id} create ${name} ${type} ${write.content}`
    : `${zone.id} ${write.kind} ${write.id}`;
}

export function rowKey(zone: Zone, row: RowChange): string {
  return `${zone.id} row ${row.kind === 'drop' ? row.recordId : row.claim.recordId}`;
}

export function describeAct({
  zone,
  changes,
  rows,
}: Pick<ActPlan, 'zone' | 'changes' | 'rows'>): readonly ActLine[] {
  return [...changes.map((change) => changeLine(zone, change)), ...rows.flatMap((row) => rowLine(zone, row))];
}

export function changeLine(zone: Zone, change: Change): ActLine {
  const [line] = describePlan({ zone, changes: [change], problems: [], orphans: [] });
  if (line === undefined) throw new Error('a change without a line');
  return { ...line, key: changeKey(zone, change) };
}

function rowLine(zone: Zone, row: RowChange): readonly ActLine[] {
  const before = row.history?.before;
  if (row.history === undefined || before === undefined) return [];
  const holder = row.kind === 'put' ? row.claim.holder : undefined;
  return [
    {
      key: rowKey(zone, row),
      sign: '~',
      zone: zone.name,
      name: before.name,
      type: before.type,
      from: describeData(before),
      to: '',
      source: holder === undefined ? '' : refText(holder),
      reason: row.history.reason,
    },
  ];
}
