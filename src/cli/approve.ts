import { counted } from '../domain/counted.ts';
import type { Approvable } from '../domain/approvable.ts';
import { Ledger } from '../ledger/ledger.ts';
import { approvalRefused, recordApproval } from './approval.ts';
import { valueOf } from './arguments.ts';
import { paintFor } from './colour.ts';
import { confirm } from './confirm.ts';
import { askController, controlPath } from './control.ts';
import { pendingOf } from './control-server.ts';
import type { CommandContext } from './context.ts';
import { look } from './look.ts';
import { tell } from './open-ledger.ts';
import { settingsOrTell } from './settings.ts';
import { renderTable, type Column } from './table.ts';

type Strategy = Parameters<typeof approvalRefused>[0];

/**
 * `routeflare approve`: shows held deletions, orphans and left records, and lets exactly those through, once. Goes
 * to the running controller; without one it notes the approval in the ledger for the next.
 */
export async function approve(context: CommandContext): Promise<number> {
  const settings = settingsOrTell(context, (read) => ({ ledger: read.ledger(), policy: read.policy() }));
  if (settings === undefined) return 1;
  const { ledger, policy } = settings.config;
  const { path } = ledger;
  const socket = controlPath(path);
  const asked = await askController(socket, 'pending', undefined);
  if (asked === undefined) {
    if (policy.dryRun) return tell(context, 'DRY_RUN is set: nothing is written');
    return approveAlone(context, path, policy.strategy);
  }
  if (!asked.ok) return tell(context, asked.error);
  const pending = approvablesIn(asked.value);
  if (!(await showAndAsk(context, pending, policy.strategy))) return pending.length === 0 ? 0 : 1;
  const done = await askController(socket, 'approve', { recordIds: pending.map(({ recordId }) => recordId) });
  if (done?.ok !== true)
    return tell(context, done === undefined ? 'the controller ended meanwhile' : done.error);
  context.stdout.write(`${pending.length} let through; the running controller deletes them now\n`);
  return 0;
}

function approveAlone(context: CommandContext, path: string, strategy: Strategy): Promise<number> {
  return look(context, async ({ app }) => {
    const pending = pendingOf(app);
    if (!(await showAndAsk(context, pending, strategy))) return pending.length === 0 ? 0 : 1;
    const ledger = Ledger.open({ path, mode: 'write' });
    if (!ledger.ok) return tell(context, ledger.error.message);
    try {
      const failed = recordApproval(ledger.value, pending, app.world.identity.cluster);
      if (failed !== undefined) return tell(context, failed);
    } finally {
      ledger.value.close();
    }
    context.stdout.write(`${pending.length} let through; no controller runs, the next one deletes them\n`);
    return 0;
  });
}

const COLUMNS: readonly Column[] = [
  { title: 'WHAT' },
  { title: 'NAME', shrinkTo: 16 },
  { title: 'TYPE' },
  { title: 'CONTENT', shrinkTo: 15 },
  { title: 'WHY', shrinkTo: 20 },
];

async function showAndAsk(
  context: CommandContext,
  pending: readonly Approvable[],
  strategy: Strategy,
): Promise<boolean> {
  if (valueOf(context.args, 'output') === 'json')
    context.stdout.write(`${JSON.stringify(pending, undefined, 2)}\n`);
  else if (pending.length === 0) context.stdout.write('nothing waits for approval\n');
  else {
    const rows = pending.map(({ kind, name, type, content, why }) => [kind, name, type, content, why]);
    context.stdout.write(
      renderTable(COLUMNS, rows, {
        // What a person lets go is shown whole, however wide the terminal.
        width: undefined,
        paint: paintFor(context.env, context.isTTY),
      }),
    );
  }
  if (pending.length === 0) return false;
  const refused = approvalRefused(strategy);
  if (refused !== undefined) {
    tell(context, refused);
    return false;
  }
  return confirm(
    context,
    `Delete ${pending.length === 1 ? 'this record' : `these ${counted(pending.length, 'record')}`} from Cloudflare?`,
  );
}

function approvablesIn(body: unknown): readonly Approvable[] {
  return Array.isArray(body) ? body.flatMap((row: unknown) => (isApprovable(row) ? [row] : [])) : [];
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
