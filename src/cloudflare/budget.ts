import { LONGEST_PAUSE_MS } from './retry-after.ts';

/** What a call is for: reads leave a tenth of what is left to writes. */
export type Use = 'read' | 'write';

/** A number of calls in a time. https://developers.cloudflare.com/fundamentals/api/reference/limits/ */
export interface Quota {
  readonly calls: number;
  readonly windowMs: number;
}

/** Per user, over all tokens and the dashboard. */
export const DOCUMENTED_QUOTA: Quota = { calls: 1200, windowMs: 300_000 };

/** What the bucket holds at most: a quota of one call would otherwise never let that one go. */
function capacity({ calls }: Quota): number {
  return Math.max(1, calls / 2);
}

/** The share of an allowance that only writes may use. */
const WRITE_RESERVE = 0.1;

/** What Cloudflare said last: how many calls are left until `resetsAt` (ms). */
interface Told {
  readonly remaining: number;
  readonly resetsAt: number;
}

/**
 * Our own allowance. The bucket holds half the quota and gets the other half back over one window, so that no
 * window of that length, wherever it begins, sees more than the quota. Times are milliseconds of one clock.
 */
export interface Budget {
  readonly quota: Quota;
  readonly tokens: number;
  readonly countedAt: number;
  readonly told: Told | undefined;
  readonly pausedUntil: number;
}

export function fullBudget(now: number, quota: Quota = DOCUMENTED_QUOTA): Budget {
  return { quota, tokens: capacity(quota), countedAt: now, told: undefined, pausedUntil: 0 };
}

/** How long a call of that use must wait; 0 when it may go now. */
export function waitFor(budget: Budget, use: Use, now: number): number {
  const { quota, told, pausedUntil } = budget;
  const share = use === 'read' ? WRITE_RESERVE : 0;
  const needed = 1 + Math.floor(capacity(quota) * share);
  const refillMs = quota.windowMs / capacity(quota);
  const forBucket = Math.max(0, Math.ceil((needed - refilled(budget, now)) * refillMs));
  const scarce =
    told !== undefined && told.resetsAt > now && told.remaining < 1 + Math.floor(quota.calls * share);
  return Math.max(pausedUntil - now, forBucket, scarce ? told.resetsAt - now : 0, 0);
}

/** After a call has gone out. */
export function spent(budget: Budget, now: number): Budget {
  const { told } = budget;
  return {
    ...budget,
    tokens: Math.max(0, refilled(budget, now) - 1),
    countedAt: now,
    told: told === undefined || told.resetsAt <= now ? undefined : { ...told, remaining: told.remaining - 1 },
  };
}

/** After an answer: the tightest item of `Ratelimit` counts, and the policy of the same name. */
export function heard(
  budget: Budget,
  headers: { readonly ratelimit: string | null; readonly policy: string | null },
  now: number,
): Budget {
  const tightest = parseItems(headers.ratelimit, 'r', 't').sort((a, b) => a.amount - b.amount)[0];
  if (tightest === undefined) return budget;
  const policy = parseItems(headers.policy, 'q', 'w').find((item) => item.name === tightest.name);
  const quota =
    policy === undefined || policy.amount < 1 || policy.seconds < 1
      ? budget.quota
      : { calls: policy.amount, windowMs: Math.min(policy.seconds * 1000, LONGEST_PAUSE_MS) };
  // A larger quota than was thought fills the bucket by the difference: what is told below bounds it all the same.
  const more = Math.max(0, capacity(quota) - capacity(budget.quota));
  return {
    ...budget,
    quota,
    tokens: Math.min(refilled(budget, now) + more, capacity(quota)),
    countedAt: now,
    told: {
      remaining: tightest.amount,
      resetsAt: now + Math.min(tightest.seconds * 1000, LONGEST_PAUSE_MS),
    },
  };
}

/** After a 429: nobody calls until then. */
export function paused(budget: Budget, forMs: number, now: number): Budget {
  return { ...budget, pausedUntil: Math.max(budget.pausedUntil, now + Math.min(forMs, LONGEST_PAUSE_MS)) };
}

/** What Cloudflare says is left; `undefined` while it has said nothing that still holds. */
export function remaining(budget: Budget, now: number): number | undefined {
  const { told } = budget;
  return told === undefined || told.resetsAt <= now ? undefined : Math.max(0, told.remaining);
}

function refilled({ quota, tokens, countedAt }: Budget, now: number): number {
  const most = capacity(quota);
  return Math.min(most, tokens + (Math.max(0, now - countedAt) * most) / quota.windowMs);
}

interface Item {
  readonly name: string;
  readonly amount: number;
  readonly seconds: number;
}

/** A list such as `"default";r=50;t=30, "burst";r=9;t=1`; items that lack a member are left out. */
function parseItems(header: string | null, amountKey: string, secondsKey: string): Item[] {
  return (header ?? '').split(',').flatMap((item) => {
    const [name = '', ...members] = item.split(';').map((part) => part.trim());
    const value = (key: string): number => {
      const text = members.find((member) => member.startsWith(`${key}=`))?.slice(key.length + 1) ?? '';
      return /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
    };
    const amount = value(amountKey);
    const seconds = value(secondsKey);
    return Number.isNaN(amount) || Number.isNaN(seconds) ? [] : [{ name, amount, seconds }];
  });
}
