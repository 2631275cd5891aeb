import { shownText } from '../domain/shown-text.ts';
import type { ActReport } from '../controller/act.ts';
import type { ActRequest } from '../plan/act-plan.ts';
import { localActor, runningActor, type Actor } from './actor.ts';
import { valueOf } from './arguments.ts';
import { confirm } from './confirm.ts';
import { paintFor } from './colour.ts';
import { controlPath } from './control.ts';
import type { CommandContext } from './context.ts';
import { look } from './look.ts';
import { tell } from './open-ledger.ts';
import { planText } from './plan.ts';
import { withProgress } from './progress.ts';
import { settingsOrTell } from './settings.ts';
import { wrap } from './wrap.ts';

/** How one deliberate act is told. */
export interface Wording {
  /** The question, once what would happen was shown. */
  readonly ask: (count: number) => string;
  /** When there is nothing to do; it is given how many notes say why. */
  readonly nothing: string | ((notes: number) => string);
  /** Asked also when there is nothing to show: the act does more than its lines. */
  readonly always?: boolean;
  /** Its notes tell what is left as it is, and are no failure. */
  readonly notesTell?: boolean;
}

/** Finds who acts: the running controller, else this process, which then keeps every other writer out. */
export async function withActor(
  context: CommandContext,
  use: (actor: Actor) => Promise<number>,
): Promise<number> {
  const settings = settingsOrTell(context, (read) => ({ ledger: read.ledger() }));
  if (settings === undefined) return 1;
  const running = await runningActor(controlPath(settings.config.ledger.path));
  if (running !== undefined) return use(running);
  return look(
    context,
    ({ app }) => {
      if (app.world.settings.dryRun) return tell(context, 'DRY_RUN is set: nothing is written');
      return use(localActor(app));
    },
    'writing',
  );
}

/** Shows what an act would do, asks, has it done, and says what became of it. */
export function deliberate(context: CommandContext, request: ActRequest, wording: Wording): Promise<number> {
  return withActor(context, async (actor) => {
    const json = valueOf(context.args, 'output') === 'json';
    const preview = await withProgress(context, 'listing the zones', actor.preview(request));
    if (!preview.ok) return tell(context, preview.error);
    const { lines, notes } = preview.value;
    if (!json) {
      if (lines.length > 0) context.stdout.write(planText(lines, context, false));
      for (const note of notes) context.stdout.write(noteText(note, context));
    }
    if (lines.length === 0 && wording.always !== true) {
      if (json) context.stdout.write(`${JSON.stringify(preview.value, undefined, 2)}\n`);
      else context.stdout.write(`${nothingText(wording, notes.length)}\n`);
      return notes.length === 0 || wording.notesTell === true ? 0 : 1;
    }
    if (!(await confirm(context, wording.ask(lines.length)))) return 1;
    const agreed = lines.map(({ key }) => key);
    const report = await withProgress(context, 'writing', actor.carryOut(request, agreed));
    if (!report.ok) return tell(context, report.error);
    if (json) context.stdout.write(`${JSON.stringify(report.value, undefined, 2)}\n`);
    else tellReport(context, report.value, notes);
    return report.value.failed.length === 0 && isWhole(report.value, lines.length) ? 0 : 1;
  });
}

/** What is left out, broken at the width of the terminal. */
function noteText(note: string, { env, isTTY, columns }: CommandContext): string {
  const [first = '', ...rest] = wrap(shownText(note), (columns ?? 80) - 2);
  const sign = paintFor(env, isTTY)('yellow', '!');
  return [`${sign} ${first}\n`, ...rest.map((line) => `  ${line}\n`)].join('');
}

function nothingText({ nothing }: Wording, notes: number): string {
  return typeof nothing === 'string' ? nothing : nothing(notes);
}

function isWhole({ done, failed }: ActReport, shown: number): boolean {
  return done.length + failed.length >= shown;
}

function tellReport(
  context: CommandContext,
  { done, failed, notes }: ActReport,
  told: readonly string[],
): void {
  for (const { type, name, why } of failed) {
    context.stderr.write(`routeflare: ${type} ${name} was not done: ${shownText(why)}\n`);
  }
  for (const note of notes)
    if (!told.includes(note)) context.stderr.write(`routeflare: ${shownText(note)}\n`);
  context.stdout.write(`${done.length} done${failed.length === 0 ? '' : `, ${failed.length} not`}\n`);
}
