import { counted } from '../domain/counted.ts';
import { valueOf } from './arguments.ts';
import { fieldsOf } from './act-request.ts';
import { askController, controlPath } from './control.ts';
import type { CommandContext } from './context.ts';
import { tell } from './open-ledger.ts';
import { withProgress } from './progress.ts';
import { settingsOrTell } from './settings.ts';

/** How long a check may take; as many zones as there are, each listed once. */
export const LONGEST_CHECK_MS = 5 * 60_000;

/** `routeflare check [--wait]`: the running controller lists Cloudflare now and puts right what drifted. */
export async function check(context: CommandContext): Promise<number> {
  const settings = settingsOrTell(context, (read) => ({ ledger: read.ledger() }));
  if (settings === undefined) return 1;
  const { path } = settings.config.ledger;
  const wait = context.args.flags.has('wait');
  const answered = askController(controlPath(path), 'check', { wait }, LONGEST_CHECK_MS + 5_000);
  const asked = await withProgress(context, 'the controller lists the zones', answered);
  if (asked === undefined) {
    return tell(
      context,
      'no controller runs on this ledger; it checks by itself when it starts. "routeflare audit" looks now',
    );
  }
  if (!asked.ok) return tell(context, asked.error);
  const answer = fieldsOf(asked.value);
  if (valueOf(context.args, 'output') === 'json') {
    context.stdout.write(`${JSON.stringify(asked.value, undefined, 2)}\n`);
  } else if (!wait) context.stdout.write('a check has begun\n');
  else {
    const changes = Number(answer['changes']);
    const problems = Number(answer['problems']);
    context.stdout.write(
      `${counted(Number(answer['zones']), 'zone')} checked: ${counted(changes, 'change')}, ${counted(problems, 'problem')}${problems === 0 ? '' : ' ("routeflare plan" shows them)'}\n`,
    );
  }
  if (!wait || answer['settled'] === true) return 0;
  return tell(context, `not all was settled within ${LONGEST_CHECK_MS / 60_000} minutes`);
}
