import { explain as explainSubject, type Chain, type Subject } from '../controller/explain.ts';
import { parseHostname } from '../domain/hostname.ts';
import { parseSourceRef } from '../domain/source.ts';
import { shownText } from '../domain/shown-text.ts';
import { valueOf } from './arguments.ts';
import { paintFor } from './colour.ts';
import type { CommandContext } from './context.ts';
import { look } from './look.ts';
import { tell } from './open-ledger.ts';
import { wrap } from './wrap.ts';

/** `routeflare explain NAME|KIND/NS/NAME`: each check from source to record, passed or not, and one sentence. */
export async function explain(context: CommandContext): Promise<number> {
  const subject = subjectOf(context.args.operands[0] ?? '');
  if (typeof subject === 'string') return tell(context, subject);
  return look(
    context,
    async ({ app }) => {
      if (!app.world.cluster.synced()) return tell(context, 'the cluster could not be read completely');
      const explained = await explainSubject(app.loop, app.world, subject);
      const json = valueOf(context.args, 'output') === 'json';
      context.stdout.write(
        json ? `${JSON.stringify(explained, undefined, 2)}\n` : explainedText(explained, context),
      );
      return 0;
    },
    'passive',
  );
}

function subjectOf(raw: string): Subject | string {
  if (raw.includes('/')) {
    const source = parseSourceRef(raw);
    return source === undefined
      ? `"${raw}" is no KIND/NAMESPACE/NAME of an HTTPRoute, GRPCRoute, TLSRoute, Ingress or Service`
      : { kind: 'source', source };
  }
  const name = parseHostname(raw);
  return name.ok ? { kind: 'name', name: name.value } : name.error;
}

const SIGN = 5;
const INDENT = SIGN + 15;

/** A chain each, its sentence last. */
export function explainedText(
  { chains, verdict }: { readonly chains: readonly Chain[]; readonly verdict: string },
  { env, isTTY, columns }: Pick<CommandContext, 'env' | 'isTTY' | 'columns'>,
): string {
  const paint = paintFor(env, isTTY);
  const width = columns ?? 80;
  const whole = (text: string): string => wrap(shownText(text), width).join('\n');
  if (chains.length === 0) return `${whole(verdict)}\n`;
  return chains
    .map((chain) => {
      const head = [chain.source, [chain.type, chain.name].filter((part) => part !== '').join(' ')];
      const lines = chain.steps.flatMap(({ check, passed, evidence }) => {
        const [first = '', ...rest] = wrap(shownText(evidence), width - INDENT);
        const sign = passed ? paint('green', 'ok'.padEnd(SIGN)) : paint('red', 'FAIL'.padEnd(SIGN));
        return [
          `${sign}${check.padEnd(INDENT - SIGN)}${first}`,
          ...rest.map((line) => ' '.repeat(INDENT) + line),
        ];
      });
      const title = paint('bold', head.filter((part) => part !== '').join(' -> '));
      return `${[title, ...lines, whole(chain.verdict)].join('\n')}\n`;
    })
    .join('\n');
}
