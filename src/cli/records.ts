import { CLAIM_STATES, type Claim, type ClaimState } from '../domain/claim.ts';
import { isWithin, parseHostname } from '../domain/hostname.ts';
import { refText } from '../domain/source.ts';
import { shownText } from '../domain/shown-text.ts';
import type { PlanLine } from '../plan/describe.ts';
import { claimJson, claimOrder } from '../telemetry/ledger-json.ts';
import { valueOf } from './arguments.ts';
import { paintFor, type Style } from './colour.ts';
import type { CommandContext } from './context.ts';
import { tell, withLedger } from './open-ledger.ts';
import { problemProse, problemText } from './plan.ts';
import { standingProblems } from './standing-problems.ts';
import { renderTable, type Column } from './table.ts';
import { wrap } from './wrap.ts';
import { LEDGER_PACE, showOrWatch, type Item, type View } from './watch.ts';

/** `routeflare records`: what is managed, by name, from the ledger; and what stands in the way, where a controller runs. */
export async function records(context: CommandContext): Promise<number> {
  const { args } = context;
  const state = CLAIM_STATES.find((one) => one === valueOf(args, 'state'));
  const rawZone = valueOf(args, 'zone');
  const zone = rawZone === undefined ? undefined : parseHostname(rawZone);
  if (zone?.ok === false) return tell(context, `--zone: ${zone.error}`);
  const namespace = valueOf(args, 'namespace');
  const look = async (at: CommandContext): Promise<View | number> => {
    let view: View | undefined;
    const code = await withLedger(at, async ({ read }, path) => {
      view = await viewOf(read.claims(), path);
      return 0;
    });
    return view ?? code;
  };
  const viewOf = async (all: readonly Claim[], path: string): Promise<View> => {
    const claims = all
      .filter((claim) => zone === undefined || claim.zoneName === zone.value)
      .filter((claim) => namespace === undefined || claim.holder?.namespace === namespace)
      .filter((claim) => state === undefined || claim.state === state)
      .sort(claimOrder);
    const isJson = valueOf(args, 'output') === 'json';
    const problems = state === undefined && !isJson ? await standingProblems(path) : [];
    const told = problems
      .filter((line) => zone === undefined || line.zone === zone.value || isWithin(line.name, zone.value))
      .filter((line) => namespace === undefined || line.source.split('/')[1] === namespace)
      .filter((line) => !isReasonOf(line, claims));
    const items = [...claims.map((claim) => itemOf(claim)), ...told.map((line) => problemItem(line))];
    return { text: recordsText(claims, context, told), items, code: 0 };
  };
  return showOrWatch(context, look, LEDGER_PACE);
}

function itemOf(claim: Claim): Item {
  const why = claim.stateReason === '' ? '' : `: ${claim.stateReason}`;
  return {
    key: `${claim.zoneId} ${claim.recordId}`,
    text: shownText(`${cellsOf(claim).join('  ')}  ${claim.state}${why}`),
    json: claimJson(claim),
  };
}

function problemItem(line: PlanLine): Item {
  const text = `! ${shownText(problemProse(line))}`;
  return { key: text, text };
}

function cellsOf({ name, type, content, proxied, holder }: Claim): readonly string[] {
  return [
    name,
    type,
    proxied ? `${content} proxied` : content,
    holder === undefined ? 'unknown' : refText(holder),
  ];
}

const COLUMNS: readonly Column[] = [
  { title: 'NAME', shrinkTo: 16 },
  { title: 'TYPE' },
  { title: 'CONTENT', shrinkTo: 15 },
  { title: 'HOLDER', shrinkTo: 16 },
  { title: 'STATE' },
];

const STYLE: Readonly<Record<ClaimState, Style>> = {
  active: 'green',
  pending: 'yellow',
  frozen: 'yellow',
  suspended: 'cyan',
  deleting: 'red',
  held: 'red',
  left: 'dim',
  released: 'dim',
};

/** Whether the reason of a record's state says the same. */
function isReasonOf({ name, type, reason }: PlanLine, claims: readonly Claim[]): boolean {
  return claims.some(
    (claim) =>
      claim.name === name &&
      (type === '' || claim.type === type) &&
      claim.stateReason !== '' &&
      reason.endsWith(claim.stateReason),
  );
}

/** The table that people read; below it the reason of every state that is not `active`, then what stands in the way. */
export function recordsText(
  claims: readonly Claim[],
  { env, isTTY, columns, args }: Pick<CommandContext, 'env' | 'isTTY' | 'columns' | 'args'>,
  problems: readonly PlanLine[],
): string {
  const paint = paintFor(env, isTTY);
  const width = args.flags.has('wide') ? undefined : columns;
  const told = problems.map((line) => problemText(line, paint, width));
  const below = told.length === 0 ? [] : ['\n', ...told];
  if (claims.length === 0) return ['no records\n', ...below].join('');
  const rows = claims.map((claim) => [...cellsOf(claim), { text: claim.state, style: STYLE[claim.state] }]);
  const reasons = claims
    .filter(({ stateReason }) => stateReason !== '')
    .map(({ name, type, state, stateReason }) => {
      const [first = '', ...rest] = wrap(
        shownText(`${name} ${type} is ${state}: ${stateReason}`),
        (width ?? Infinity) - 2,
      );
      return [first, ...rest.map((line) => `  ${line}`)].join('\n').concat('\n');
    });
  return [
    renderTable(COLUMNS, rows, { width, paint }),
    ...(reasons.length === 0 ? [] : ['\n', ...reasons]),
    ...below,
  ].join('');
}
