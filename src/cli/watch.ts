import { paintFor } from './colour.ts';
import { valueOf } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { LedgerChanges } from './ledger-changes.ts';
import { settingsOrTell } from './settings.ts';

/** One thing that a command shows, such as a record. */
export interface Item {
  /** What it is known by from one look to the next. */
  readonly key: string;
  /** Its lines as they stand in a pipe, without the last line's end. */
  readonly text: string;
  /** As `--output json` prints it; absent for what JSON leaves out. */
  readonly json?: object;
}

/** What one look came to. */
export interface View {
  readonly text: string;
  readonly items: readonly Item[];
  /** The exit code without `--watch`. */
  readonly code: number;
}

export interface Pace {
  /** Between two looks, however much changes. */
  readonly leastMs: number;
  /** Until the next look, though the ledger stays as it is. */
  readonly mostMs: number;
  /** Items come, and neither change nor go: a log. */
  readonly isLog?: boolean;
}

export const LEDGER_PACE: Pace = { leastMs: 500, mostMs: 10_000 };

/**
 * Shows one look, or with `--watch` goes on until SIGINT or SIGTERM and then ends with 0: on a terminal what is shown is drawn
 * anew, into a pipe goes what changed. A look that fails is told, and the next one is waited for.
 * @param look answers an exit code where it has told why there is nothing to show
 */
export async function showOrWatch(
  context: CommandContext,
  look: (context: CommandContext) => Promise<View | number>,
  pace: Pace,
): Promise<number> {
  if (context.args.flags.has('watch')) return watchOn(context, look, pace);
  const view = await look(context);
  if (typeof view === 'number') return view;
  const isJson = valueOf(context.args, 'output') === 'json';
  context.stdout.write(isJson ? `${JSON.stringify(jsonOf(view), undefined, 2)}\n` : view.text);
  return view.code;
}

async function watchOn(
  context: CommandContext,
  look: (context: CommandContext) => Promise<View | number>,
  pace: Pace,
): Promise<number> {
  const settings = settingsOrTell(context, (read) => ({ ledger: read.ledger() }));
  if (settings === undefined) return 1;
  const stop = new AbortController();
  const end = (): void => stop.abort();
  process.on('SIGINT', end).on('SIGTERM', end);
  // Whoever reads may stop reading, as `head` does.
  context.stdout.on('error', end);
  const isJson = valueOf(context.args, 'output') === 'json';
  let last: View | undefined;
  try {
    using changes = new LedgerChanges(settings.config.ledger.path);
    while (!stop.signal.aborted) {
      const view = await look(context);
      if (stop.signal.aborted) break;
      if (typeof view !== 'number') {
        if (context.isTTY && !isJson) redraw(context, view);
        else context.stdout.write(changedText(last, view, isJson, pace.isLog === true));
        last = view;
      } else if (last === undefined) return view;
      await changes.next(pace.leastMs, pace.mostMs, stop.signal);
    }
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
    context.stdout.off('error', end);
  }
  return 0;
}

function jsonOf(view: View): readonly object[] {
  return view.items.flatMap(({ json }) => json ?? []);
}

function redraw({ stdout, env, isTTY, args }: CommandContext, view: View): void {
  const paint = paintFor(env, isTTY);
  const at = new Date().toISOString().slice(11, 19);
  const what = args.operands.length === 0 ? '' : `${args.operands.join(' ')}, `;
  stdout.write(
    `\u001B[H\u001B[2J\u001B[3J${paint('dim', `${what}as of ${at} UTC; Ctrl-C ends`)}\n\n${view.text}`,
  );
}

/** Whole the first time, then what came (`+`), changed (`~`) and went (`-`). */
function changedText(last: View | undefined, view: View, isJson: boolean, isLog: boolean): string {
  if (last === undefined && !isJson) return view.text;
  const before = new Map(last?.items.map((item) => [item.key, item]));
  const here = new Set(view.items.map(({ key }) => key));
  const came = view.items.flatMap((item) => {
    const old = before.get(item.key);
    if (old === undefined) return [{ item, change: 'new', sign: '+' }];
    return old.text === item.text || isLog ? [] : [{ item, change: 'changed', sign: '~' }];
  });
  const went = isLog
    ? []
    : [...before.values()]
        .filter(({ key }) => !here.has(key))
        .map((item) => ({ item, change: 'gone', sign: '-' }));
  return [...came, ...went]
    .map(({ item, change, sign }) => {
      if (!isJson) return isLog ? `${item.text}\n` : `${sign} ${item.text}\n`;
      return item.json === undefined
        ? ''
        : `${JSON.stringify(isLog ? item.json : { change, ...item.json })}\n`;
    })
    .join('');
}
