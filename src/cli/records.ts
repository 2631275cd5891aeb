import { CLAIM_STATES, type Claim, type ClaimState } from '../domain/claim.ts';
import { isWithin, parseHostname } from '../domain/hostname.ts';
import { refText } from '../domain/source.ts';
import { shownText } from '../domain/shown-text.ts';
import type { PlanLine } from '../plan/describe.ts';
import { valueOf } from './arguments.ts';
import { paintFor, type Style } from './colour.ts';
import type { CommandContext } from './context.ts';
import { tell, withLedger } from './open-ledger.ts';
import { problemProse } from './plan.ts';
import { standingProblems } from './standing-problems.ts';
import { renderTable, type Column } from './table.ts';

/** `routeflare records`: what is managed, by name, from the ledger; and what stands in the way, where a controller runs. */
export async function records(context: CommandContext): Promise<number> {
  const { args } = context;
  const rawState = valueOf(args, 'state');
  const state = CLAIM_STATES.find((one) => one === rawState?.toLowerCase());
  if (rawState !== undefined && state === undefined) {
    return tell(context, `--state cannot be "${rawState}": one of ${CLAIM_STATES.join(', ')}`);
  }
  const rawZone = valueOf(args, 'zone');
  const zone = rawZone === undefined ? undefined : parseHostname(rawZone);
  if (zone?.ok === false) return tell(context, `--zone: ${zone.error}`);
  const namespace = valueOf(args, 'namespace');
  return withLedger(context, async ({ read }, path) => {
    const claims = read
      .claims()
      .filter((claim) => zone === undefined || claim.zoneName === zone.value)
      .filter((claim) => namespace === undefined || claim.holder?.namespace === namespace)
      .filter((claim) => state === undefined || claim.state === state)
      .sort((a, b) => order(a, b));
    if (valueOf(args, 'output') === 'json') {
      context.stdout.write(`${JSON.stringify(claims.map(toJson), undefined, 2)}\n`);
      return 0;
    }
    const problems = state === undefined ? await standingProblems(path) : [];
    const told = problems
      .filter((line) => zone === undefined || line.zone === zone.value || isWithin(line.name, zone.value))
      .filter((line) => namespace === undefined || line.source.split('/')[1] === namespace)
      .filter((line) => !isReasonOf(line, claims));
    context.stdout.write(recordsText(claims, context, told));
    return 0;
  });
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
  const told = problems.map((line) => `${paint('red', '!')} ${shownText(problemProse(line))}\n`);
  const below = told.length === 0 ? [] : ['\n', ...told];
  if (claims.length === 0) return ['no records\n', ...below].join('');
  const width = args.flags.has('wide') ? undefined : columns;
  const rows = claims.map((claim) => [
    claim.name,
    claim.type,
    claim.proxied ? `${claim.content} proxied` : claim.content,
    claim.holder === undefined ? 'unknown' : refText(claim.holder),
    { text: claim.state, style: STYLE[claim.state] },
  ]);
  const reasons = claims
    .filter(({ stateReason }) => stateReason !== '')
    .map(({ name, type, state, stateReason }) => `${name} ${type} is ${state}: ${shownText(stateReason)}\n`);
  return [
    renderTable(COLUMNS, rows, { width, paint }),
    ...(reasons.length === 0 ? [] : ['\n', ...reasons]),
    ...below,
  ].join('');
}

function toJson(claim: Claim): object {
  const { zoneName, zoneId, name, type, content, ttl, proxied, recordId, holder, mode } = claim;
  const { state, stateReason, adopted, createdAt, updatedAt, verifiedAt } = claim;
  return {
    zone: zoneName,
    zoneId,
    name,
    type,
    content,
    ttl,
    proxied,
    recordId,
    holder: holder ?? null,
    contentMode: mode,
    state,
    stateReason,
    adopted,
    createdAt,
    updatedAt,
    verifiedAt: verifiedAt ?? null,
  };
}

function order(a: Claim, b: Claim): number {
  return compare(a.zoneName, b.zoneName) || compare(a.name, b.name) || compare(a.type, b.type);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
