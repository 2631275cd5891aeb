import type { App } from '../app/app.ts';
import { approvables } from '../controller/approvables.ts';
import { strangeLedger } from '../controller/no-deletions.ts';
import type { Approvable } from '../domain/approvable.ts';
import { fieldsOf, listIn, textsIn } from './act-request.ts';

/** All that waits for a person, and what they should know before they answer. */
export interface Pending {
  readonly rows: readonly Approvable[];
  /** What holds those that are held: the brake with its numbers, or whose the ledger is; each once. */
  readonly heldBy: readonly string[];
  /** Whose the ledger is, where it is another cluster's: an approval makes all of it this one's. '' otherwise. */
  readonly otherLedger: string;
}

export function pendingOf({ world, loop }: App): Pending {
  const rows = approvables(world.ledger.claims(), loop.orphans());
  const whyHeld = loop.whyHeld();
  const heldBy = rows.flatMap(({ kind, recordId }) => (kind === 'held' ? (whyHeld.get(recordId) ?? []) : []));
  return { rows, heldBy: [...new Set(heldBy)], otherLedger: strangeLedger(world) ?? '' };
}

/** As the running controller answers it. */
export function decodePending(body: unknown): Pending {
  const { rows, heldBy, otherLedger } = fieldsOf(body);
  return {
    rows: listIn(rows).flatMap((row) => (isApprovable(row) ? [row] : [])),
    heldBy: textsIn(heldBy),
    otherLedger: typeof otherLedger === 'string' ? otherLedger : '',
  };
}

const TEXTS = ['recordId', 'zoneId', 'zone', 'name', 'type', 'content', 'why'] as const;

function isApprovable(row: unknown): row is Approvable {
  if (typeof row !== 'object' || row === null || !('kind' in row)) return false;
  const fields: Readonly<Record<string, unknown>> = { ...row };
  return (
    ['held', 'orphan', 'left'].includes(String(row.kind)) &&
    TEXTS.every((key) => typeof fields[key] === 'string')
  );
}
