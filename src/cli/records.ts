import { CLAIM_STATES, type Claim, type ClaimState } from '../domain/claim.ts';
import { parseHostname } from '../domain/hostname.ts';
import { refText } from '../domain/source.ts';
import { valueOf } from './arguments.ts';
import { paintFor, type Style } from './colour.ts';
import type { CommandContext } from './context.ts';
import { tell, withLedger } from './open-ledger.ts';
import { cleanText, renderTable, type Column } from './table.ts';

/** `routeflare records`: what is managed, by name, from the ledger alone. */
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
  return withLedger(context, ({ read }) => {
    const claims = read
      .claims()
      .filter((claim) => zone === undefined || claim.zoneName === zone.value)
      .filter((claim) => namespace === undefined || claim.holder?.namespace === namespace)
      .filter((claim) => state === undefined || claim.state === state)
      .sort((a, b) => order(a, b));
    context.stdout.write(
      valueOf(args, 'output') === 'json'
        ? `${JSON.stringify(claims.map(toJson), undefined, 2)}\n`
        : recordsText(claims, context),
    );
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

/** The table that people read, with the reason of every state that is not `active` below it. */
export function recordsText(
  claims: readonly Claim[],
  { env, isTTY, columns, args }: Pick<CommandContext, 'env' | 'isTTY' | 'columns' | 'args'>,
): string {
  if (claims.length === 0) return 'no records\n';
  const paint = paintFor(env, isTTY);
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
    .map(({ name, type, state, stateReason }) => `${name} ${type} is ${state}: ${cleanText(stateReason)}\n`);
  return [
    renderTable(COLUMNS, rows, { width, paint }),
    ...(reasons.length === 0 ? [] : ['\n', ...reasons]),
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
