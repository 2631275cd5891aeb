import { counted } from '../domain/counted.ts';
import { shownText } from '../domain/shown-text.ts';
import { Ledger } from '../ledger/ledger.ts';
import { fieldsOf } from './act-request.ts';
import { approvalRefused, recordApproval } from './approval.ts';
import { valueOf } from './arguments.ts';
import { paintFor } from './colour.ts';
import { confirm } from './confirm.ts';
import { askController, controlPath } from './control.ts';
import type { CommandContext } from './context.ts';
import { look } from './look.ts';
import { tell } from './open-ledger.ts';
import { decodePending, pendingOf, type Pending } from './pending.ts';
import { settingsOrTell } from './settings.ts';
import { renderTable, type Column } from './table.ts';
import { wrap } from './wrap.ts';

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
  const pending = decodePending(asked.value);
  if (!(await showAndAsk(context, pending, policy.strategy))) return pending.rows.length === 0 ? 0 : 1;
  const done = await askController(socket, 'approve', {
    recordIds: pending.rows.map(({ recordId }) => recordId),
  });
  if (done?.ok !== true)
    return tell(context, done === undefined ? 'the controller ended meanwhile' : done.error);
  context.stdout.write(
    answerText(Number(fieldsOf(done.value)['approved']), pending, 'the running controller deletes them now'),
  );
  return 0;
}

function approveAlone(context: CommandContext, path: string, strategy: Strategy): Promise<number> {
  return look(context, async ({ app }) => {
    const pending = pendingOf(app);
    if (!(await showAndAsk(context, pending, strategy))) return pending.rows.length === 0 ? 0 : 1;
    const ledger = Ledger.open({ path, mode: 'write' });
    if (!ledger.ok) return tell(context, ledger.error.message);
    try {
      const failed = recordApproval(ledger.value, pending.rows, app.world.identity.cluster);
      if (failed !== undefined) return tell(context, failed);
    } finally {
      ledger.value.close();
    }
    context.stdout.write(
      answerText(pending.rows.length, pending, 'no controller runs, the next one deletes them'),
    );
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

async function showAndAsk(context: CommandContext, pending: Pending, strategy: Strategy): Promise<boolean> {
  const { rows, otherLedger } = pending;
  if (valueOf(context.args, 'output') === 'json')
    context.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`);
  else if (rows.length === 0) context.stdout.write('nothing waits for approval\n');
  else context.stdout.write(pendingText(pending, context));
  if (rows.length === 0) return false;
  const refused = approvalRefused(strategy);
  if (refused !== undefined) {
    tell(context, refused);
    return false;
  }
  const them = rows.length === 1 ? 'this record' : `these ${counted(rows.length, 'record')}`;
  const ledger = otherLedger === '' ? '' : ", and make the whole ledger this cluster's";
  return confirm(context, `Delete ${them} from Cloudflare${ledger}?`);
}

/** The records, and below them what holds them, the way back, and what else an approval does. */
function pendingText(
  { rows, heldBy, otherLedger }: Pending,
  { env, isTTY, columns }: CommandContext,
): string {
  const cells = rows.map(({ kind, name, type, content, why }) => [kind, name, type, content, why]);
  // What a person lets go is shown whole, however wide the terminal.
  const table = renderTable(COLUMNS, cells, { width: undefined, paint: paintFor(env, isTTY) });
  const notes = heldBy.filter((why) => why !== otherLedger).map((why) => `held because ${why}`);
  if (rows.some(({ kind }) => kind === 'held'))
    notes.push(
      'if this was not meant, bring the sources back, and their records are taken back; approve deletes for good',
    );
  if (otherLedger !== '')
    notes.push(
      `${otherLedger}: nothing goes without your word; approving makes the whole ledger this cluster's, so that later deletions no longer wait for you but where MAX_DELETES holds them`,
    );
  const lines = notes.flatMap((note) => wrap(shownText(note), columns ?? 80));
  return [table, ...(lines.length === 0 ? [] : ['']), ...lines].map((line) => `${line.trimEnd()}\n`).join('');
}

/** @param count fewer than were shown, where some went or were wanted again meanwhile */
function answerText(count: number, { otherLedger }: Pending, who: string): string {
  const ledger =
    otherLedger === '' || count === 0 ? '' : "; the whole ledger counts as this cluster's from now on";
  return `${count} let through; ${who}${ledger}\n`;
}
