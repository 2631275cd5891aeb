import type { Claim, ClaimState } from '../domain/claim.ts';
import type { Problem } from '../domain/problem.ts';
import { refText } from '../domain/source.ts';
import { claimJson, claimOrder } from './ledger-json.ts';
import type { PageFacts } from './page-facts.ts';
import { claimMatches, type PageFilter } from './page-filter.ts';

/** A managed record with what is wrong with it. */
export interface RecordRow {
  readonly claim: Claim;
  readonly problems: readonly Problem[];
  /** Whether a person should look at it. */
  readonly attention: boolean;
}

/** What a person should see first; a state that waits or stands still comes before one that is well. */
const RANK: Readonly<Record<ClaimState, number>> = {
  held: 0,
  left: 0,
  frozen: 0,
  pending: 0,
  deleting: 1,
  suspended: 2,
  active: 3,
  released: 4,
};

/** The records that the filter lets through: those with problems first, then by zone, name and type. */
export function recordRows(
  { claims, problems }: Pick<PageFacts, 'claims' | 'problems'>,
  filter: PageFilter,
): readonly RecordRow[] {
  const byKey = Map.groupBy(problems, keyOfProblem);
  const rows = claims
    .filter((claim) => claimMatches(filter, claim))
    .map((claim): RecordRow => {
      const keys = [
        claim.name,
        `${claim.name} ${claim.type}`,
        ...(claim.holder === undefined ? [] : [refText(claim.holder)]),
      ];
      const own = keys.flatMap((key) => byKey.get(key) ?? []);
      return { claim, problems: own, attention: own.length > 0 || RANK[claim.state] === 0 };
    });
  const { state } = filter;
  return rows
    .filter(({ claim, attention }) =>
      state === 'attention' ? attention : state === undefined || claim.state === state,
    )
    .sort((a, b) => rankOf(a) - rankOf(b) || claimOrder(a.claim, b.claim));
}

/** As `routeflare records --output json` says it, with the problems. */
export function recordJson({ claim, problems }: RecordRow): object {
  return { ...claimJson(claim), problems: problems.map(({ reason, message }) => ({ reason, message })) };
}

/** A problem belongs to the records of its name; without a name, to those of its source. */
function keyOfProblem({ name, type, source }: Problem): string {
  if (name !== undefined) return type === undefined ? name : `${name} ${type}`;
  return source === undefined ? '' : refText(source);
}

function rankOf({ claim, attention }: RecordRow): number {
  return attention ? 0 : RANK[claim.state];
}
