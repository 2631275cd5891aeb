import type { Approvable } from '../domain/approvable.ts';
import { CLAIM_STATES, type Claim } from '../domain/claim.ts';
import type { HistoryEntry } from '../domain/entry.ts';
import type { Problem } from '../domain/problem.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { refText } from '../domain/source.ts';

/** `attention`: whatever a person should look at. */
export const STATE_FILTERS = ['attention', ...CLAIM_STATES] as const;

/** What the query asks for. `text` is lower-case and '' for all; `state` concerns records alone. */
export interface PageFilter {
  readonly text: string;
  readonly state: (typeof STATE_FILTERS)[number] | undefined;
  /** Which part of the table of records, from 1. */
  readonly page: number;
}

/** Reads `q`, `state` and `page`. The error is for people. */
export function parseFilter(query: URLSearchParams): Result<PageFilter, string> {
  const text = (query.get('q') ?? '').trim().toLowerCase();
  const raw = (query.get('state') ?? '').trim().toLowerCase();
  const page = query.get('page') ?? '1';
  if (!/^[1-9][0-9]{0,5}$/.test(page)) return err('page is a whole number from 1 on');
  if (raw === '') return ok({ text, state: undefined, page: Number(page) });
  const state = STATE_FILTERS.find((one) => one === raw);
  if (state === undefined) return err(`state can be one of ${STATE_FILTERS.join(', ')}`);
  return ok({ text, state, page: Number(page) });
}

export function claimMatches({ text }: PageFilter, claim: Claim): boolean {
  const { name, type, content, zoneName, state, mode } = claim;
  const holder = claim.holder === undefined ? '' : refText(claim.holder);
  return contains(text, name, type, content, holder, state, zoneName, mode);
}

export function problemMatches({ text }: PageFilter, problem: Problem): boolean {
  const { reason, message, zone, name, type } = problem;
  const source = problem.source === undefined ? '' : refText(problem.source);
  return contains(text, reason, message, zone ?? '', name ?? '', type ?? '', source);
}

export function waitingMatches({ text }: PageFilter, waiting: Approvable): boolean {
  const { kind, zone, name, type, content, why } = waiting;
  return contains(text, kind, zone, name, type, content, why);
}

export function entryMatches({ text }: PageFilter, entry: HistoryEntry): boolean {
  const { action, name, type, reason, holder, outcome, before, after, zoneName } = entry;
  const contents = [before?.content ?? '', after?.content ?? ''];
  return contains(text, action, name, type, reason, holder, outcome, zoneName, ...contents);
}

function contains(text: string, ...parts: readonly string[]): boolean {
  return text === '' || parts.some((part) => part.toLowerCase().includes(text));
}
