import { KNOWN_CODES } from '../../src/cloudflare/errors.ts';

/** What stands in place of a body with error codes. */
type OddBody = 'html' | 'success, no result' | 'cut short' | 'empty';

/**
 * How a call to Cloudflare can end badly.
 * - `answer`: an answer that is no success; never applied, unless it says so.
 * - `silence`: no answer by the deadline; a write was `applied` or not, or lands after it.
 * - `refused`: no connection, so nothing ever left.
 * - `slow to connect`: it leaves seconds later.
 * - `slow`: applied at once, answered seconds later.
 * - `twice`: answered well, and something on the way sends the request once more a little later.
 * - `stale`: answered from what stood there a while ago.
 * - `short`: a list that lacks its last record, and says so in its count or does not.
 */
export type Fault =
  | {
      readonly kind: 'answer';
      readonly name: string;
      readonly status: number;
      /** Outermost first: each wraps the next. */
      readonly body: readonly number[] | OddBody;
      readonly retryAfter?: string;
      readonly applied?: boolean;
      /** The answer repeats the request's headers, as debugging proxies do. */
      readonly quotes?: boolean;
    }
  | { readonly kind: 'silence'; readonly name: string; readonly applied: 'before' | 'late' | 'never' }
  | { readonly kind: 'short'; readonly name: string; readonly announced: boolean }
  | { readonly kind: 'refused' | 'slow to connect' | 'slow' | 'twice' | 'stale'; readonly name: string };

type Answer = Extract<Fault, { kind: 'answer' }>;

const answer = (
  status: number,
  body: Answer['body'],
  more: Partial<Pick<Answer, 'retryAfter' | 'applied' | 'quotes'>> & { readonly note?: string } = {},
): Fault => {
  const { note = '', ...rest } = more;
  const text = typeof body === 'string' ? body : body.join('>');
  return { kind: 'answer', name: `${status} ${text}${note}`, status, body, ...rest };
};

const DATE_LONG_PAST = 'Thu, 01 Jan 1970 00:00:00 GMT';

const BOTH: readonly Fault[] = [
  { kind: 'silence', name: 'no answer, never arrived', applied: 'never' },
  { kind: 'refused', name: 'no connection' },
  { kind: 'slow', name: 'answered late' },
  ...KNOWN_CODES.map((code) => answer(400, [code])),
  answer(400, [4_242], { note: ' unknown' }),
  answer(400, [9109], { quotes: true, note: ' with the token in its text' }),
  answer(401, [10000]),
  answer(401, [9106]),
  answer(403, [9109]),
  answer(403, [10000]),
  answer(404, [7003]),
  answer(404, [81044]),
  answer(429, [971], { retryAfter: '1', note: ' for a second' }),
  answer(429, [10100], { retryAfter: '120', note: ' for two minutes' }),
  answer(429, [10429], { retryAfter: '31536000', note: ' for a year' }),
  answer(429, 'html', { note: ' for no time' }),
  answer(429, [971], { retryAfter: DATE_LONG_PAST, note: ' until 1970' }),
  answer(429, [971], { retryAfter: 'soon', note: ' until soon' }),
  answer(500, 'empty'),
  answer(502, 'html'),
  answer(503, [1105], { retryAfter: '5' }),
  answer(200, 'html'),
  answer(200, [], { note: ' success:false' }),
  answer(200, [10000], { note: ' success:false with a code' }),
];

export const SLOW_TO_CONNECT: Fault = { kind: 'slow to connect', name: 'slow to connect' };

export const WRITE_FAULTS: readonly Fault[] = [
  ...BOTH,
  { kind: 'silence', name: 'no answer, applied', applied: 'before' },
  { kind: 'silence', name: 'no answer, landed late', applied: 'late' },
  { kind: 'twice', name: 'sent twice' },
  SLOW_TO_CONNECT,
  SLOW_TO_CONNECT,
  answer(502, 'html', { applied: true, note: ' after it was applied' }),
  answer(200, 'html', { applied: true, note: ' after it was applied' }),
  answer(200, 'cut short', { applied: true, note: ' after it was applied' }),
  answer(200, 'success, no result', { applied: true, note: ' after it was applied' }),
  answer(400, [1004, 9021], { note: ' chained' }),
];

export const READ_FAULTS: readonly Fault[] = [
  ...BOTH,
  answer(200, 'success, no result'),
  answer(200, 'cut short'),
  { kind: 'stale', name: 'a list from before' },
  { kind: 'short', name: 'a short list that says so', announced: true },
  { kind: 'short', name: 'a short list', announced: false },
];
