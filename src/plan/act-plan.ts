import type { HistoryEntry } from '../domain/entry.ts';
import type { Hostname } from '../domain/hostname.ts';
import type { Refusal } from '../domain/refusal.ts';
import { refText } from '../domain/source.ts';
import { unreachable } from '../domain/result.ts';
import type { TextWrite } from '../domain/write.ts';
import type { Zone } from '../domain/zone.ts';
import { planAdoption } from './adoption.ts';
import { describePlan, describeData, type PlanLine } from './describe.ts';
import type { Change, PlanInput, RowChange } from './plan.ts';
import { withoutProtected } from './protection.ts';
import type { RegistryOptions } from './external-dns.ts';
import { planMarkedImport } from './import-marked.ts';
import { planImportUndo } from './import-undo.ts';
import { planImport } from './import.ts';
import { planRelease } from './release.ts';
import { planUninstall } from './uninstall.ts';

/** What a person asks for by a command, beside what the sources ask for; docs/commands.md. */
export type ActRequest =
  | { readonly kind: 'adopt'; readonly name: Hostname }
  | { readonly kind: 'adopt-identical' }
  | { readonly kind: 'release'; readonly name: Hostname; readonly restore: boolean }
  | { readonly kind: 'uninstall'; readonly keepRecords: boolean }
  | { readonly kind: 'import'; readonly registry: RegistryOptions }
  | { readonly kind: 'import-marked'; readonly owner: string }
  /** Gives back what was imported from external-dns; without a name all of it. */
  | { readonly kind: 'import-undo'; readonly name?: Hostname };

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
    case 'import':
      return planImport(input, request.registry);
    case 'import-marked':
      return planMarkedImport(input, request.owner);
    case 'import-undo':
      return planImportUndo(input, request.name);
    default:
      return unreachable(request);
  }
}

/** One line of an act as it is shown; `key` says which step of it a person agreed to. */
export interface ActLine extends PlanLine {
  readonly key: string;
}

/** Everything that a change does, step by step. */
export function changeKeys(zone: Zone, change: Change): readonly string[] {
  const { companions = [] } = change;
  return [changeKey(zone, change), ...companions.map((companion) => companionKey(zone, companion))];
}

function companionKey(zone: Zone, companion: TextWrite): string {
  return companion.kind === 'delete'
    ? `${zone.id} delete ${companion.id}`
    : `${zone.id} create ${companion.name} TXT ${companion.content}`;
}

function changeKey(zone: Zone, { write, name, type }: Change): string {
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
  return [
    ...changes.flatMap((change) => changeLines(zone, change)),
    ...rows.flatMap((row) => rowLine(zone, row)),
  ];
}

/** One line for the record, and one for each TXT record that goes or comes with it. */
export function changeLines(zone: Zone, change: Change): readonly ActLine[] {
  const { companions = [], before, after, source } = change;
  const texts = companions.map((companion, at): ActLine => {
    const text = companion.kind === 'delete' ? before?.registry?.[at] : companion;
    const goes = companion.kind === 'delete';
    return {
      key: companionKey(zone, companion),
      sign: goes ? '-' : '+',
      zone: zone.name,
      name: text?.name ?? '',
      type: 'TXT',
      from: goes ? (text?.content ?? '') : '',
      to: goes ? '' : (text?.content ?? ''),
      source: source === undefined ? '' : refText(source),
      reason: `external-dns's word for ${after?.type ?? change.type} ${change.name}; in the same transaction`,
    };
  });
  return [changeLine(zone, change), ...texts];
}

function changeLine(zone: Zone, change: Change): ActLine {
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
