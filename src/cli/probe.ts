import { setTimeout as sleep } from 'node:timers/promises';
import { SYSTEM_CLOCK } from '../app/system-clock.ts';
import type { DdnsSettings } from '../config/sections.ts';
import { Tracker } from '../ddns/tracker.ts';
import { builtInVoters, urlVoters } from '../ddns/voters.ts';
import type { Family } from '../domain/address.ts';
import type { EgressState } from '../domain/egress.ts';
import { valueOf } from './arguments.ts';
import { paintFor, type Paint, type Style } from './colour.ts';
import type { CommandContext } from './context.ts';
import { withProgress } from './progress.ts';
import { settingsOrTell } from './settings.ts';
import { renderTable, type Column } from './table.ts';

/**
 * `routeflare probe`: one round of the voters of both families, with every vote and why one does not count. Nothing is
 * remembered from earlier rounds, so it takes no second round. Exit 0 when a family is confirmed, else 1.
 */
export async function probe(context: CommandContext): Promise<number> {
  const settings = settingsOrTell(context, (read) => ({ ddns: read.ddns() }));
  if (settings === undefined) return 1;
  const json = valueOf(context.args, 'output') === 'json';
  const states = await withProgress(context, 'asking the voters', oneRound(settings.config.ddns));
  context.stdout.write(
    json
      ? `${JSON.stringify(states, undefined, 2)}\n`
      : states.map((state) => stateText(state, context)).join('\n'),
  );
  return states.some(({ status }) => status === 'confirmed') ? 0 : 1;
}

/** Asks every voter of both families once. */
export async function oneRound(ddns: DdnsSettings): Promise<readonly EgressState[]> {
  const votersOf = (family: Family) => {
    const urls = ddns.voters[family];
    return urls === undefined ? builtInVoters(family) : urlVoters(family, urls);
  };
  const tracker = new Tracker({
    voters: { 4: votersOf(4), 6: votersOf(6) },
    quorum: ddns.quorum,
    confirmDelayMs: ddns.confirmDelayMs,
    allow: ddns.allow,
    only: ddns.only,
    last: [],
    ...SYSTEM_CLOCK,
    sleep: async (ms, signal) => sleep(ms, undefined, { signal }),
    random: Math.random,
    signal: new AbortController().signal,
    onChange: () => {},
    onConfirmed: () => {},
  });
  tracker.use(new Set<Family>([4, 6]));
  await tracker.probe();
  return [...tracker.states().values()];
}

const COLUMNS: readonly Column[] = [
  { title: 'VOTER', shrinkTo: 16 },
  { title: 'OPERATOR', shrinkTo: 10 },
  { title: 'ANSWER', shrinkTo: 24 },
];

const STYLE: Readonly<Record<EgressState['status'], Style>> = {
  confirmed: 'green',
  unconfirmed: 'yellow',
  conflict: 'red',
  unavailable: 'red',
  disabled: 'dim',
};

function stateText(
  state: EgressState,
  { env, isTTY, columns }: Pick<CommandContext, 'env' | 'isTTY' | 'columns'>,
): string {
  const paint: Paint = paintFor(env, isTTY);
  const rows = state.votes.map(({ voter, operator, address, refused }) => [
    voter,
    operator,
    refused === undefined
      ? (address ?? 'no address')
      : `${address === undefined ? '' : `${address}: `}${refused}`,
  ]);
  const head = `IPv${state.family} is ${paint(STYLE[state.status], state.status)}`;
  return `${head}${explanation(state)}\n${
    rows.length === 0 ? '' : `\n${renderTable(COLUMNS, rows, { width: columns, paint })}`
  }`;
}

/** The votes say the rest; without them the reason is all there is. */
function explanation(state: EgressState): string {
  if (state.status === 'confirmed') return `: ${state.address}`;
  if (state.status === 'conflict') return `: ${state.addresses.join(', ')}`;
  return 'why' in state && state.votes.length === 0 ? `: ${state.why}` : '';
}
