import { codesOf, describeAnswer, kindOfAnswer } from '../../src/cloudflare/errors.ts';
import type { Envelope } from '../../src/cloudflare/envelope.ts';
import type { ApiProblem } from '../../src/domain/write.ts';

/**
 * How a call to Cloudflare can end badly.
 * - `answer`: an answer that is no success, judged by the program's own table; never applied, but for 5xx.
 * - `silence`: no answer by the deadline; a write was `applied` or not, or lands after it.
 * - `slow`: applied at once, answered seconds later.
 */
export type Fault =
  | {
      readonly kind: 'answer';
      readonly name: string;
      readonly status: number;
      readonly codes: readonly number[] | 'no body' | 'success without a result';
      readonly retryAfterMs?: number;
      readonly applied?: boolean;
    }
  | { readonly kind: 'silence'; readonly name: string; readonly applied: 'before' | 'late' | 'never' }
  | { readonly kind: 'slow'; readonly name: string };

const answer = (
  status: number,
  codes: Extract<Fault, { kind: 'answer' }>['codes'],
  more: { readonly retryAfterMs?: number; readonly applied?: boolean; readonly note?: string } = {},
): Fault => {
  const { note = '', ...rest } = more;
  const text = typeof codes === 'string' ? codes : codes.join('>');
  return { kind: 'answer', name: `${status} ${text}${note}`, status, codes, ...rest };
};

/** Codes that only a write is answered with. */
const WRITE_CODES = [
  1004, 1046, 9000, 9004, 9005, 9021, 9039, 9041, 9207, 9300, 9313, 81044, 81045, 81053, 81054, 81055, 81056,
  81057, 81058,
];

const BOTH: readonly Fault[] = [
  { kind: 'silence', name: 'no answer, never arrived', applied: 'never' },
  { kind: 'slow', name: 'answered late' },
  answer(400, [6003]),
  answer(400, [6111]),
  answer(400, [7003]),
  answer(400, [1001]),
  answer(401, [10000]),
  answer(401, [9106]),
  answer(403, [9109]),
  answer(403, [10000]),
  answer(404, [7003]),
  answer(429, [971], { retryAfterMs: 1_000, note: ' for a second' }),
  answer(429, [10100], { retryAfterMs: 120_000, note: ' for two minutes' }),
  answer(429, [10429], { retryAfterMs: 300_000, note: ' for absurdly long' }),
  answer(500, 'no body'),
  answer(502, 'no body'),
  answer(503, [1105]),
  answer(200, 'no body', { note: ' but HTML' }),
  answer(200, [], { note: ' success:false' }),
];

export const WRITE_FAULTS: readonly Fault[] = [
  ...BOTH,
  { kind: 'silence', name: 'no answer, applied', applied: 'before' },
  { kind: 'silence', name: 'no answer, landed late', applied: 'late' },
  answer(502, 'no body', { applied: true, note: ' after it was applied' }),
  answer(200, 'no body', { applied: true, note: ' but HTML, after it was applied' }),
  ...WRITE_CODES.map((code) => answer(400, [code])),
  answer(400, [1004, 9021], { note: ' chained' }),
];

export const READ_FAULTS: readonly Fault[] = [
  ...BOTH,
  answer(200, 'success without a result', { note: ', a list cut short' }),
];

export function faultProblem(
  fault: Fault,
  scope: { readonly write: boolean; readonly inZone: boolean },
): ApiProblem {
  if (fault.kind !== 'answer') {
    const kind = scope.write ? 'in-doubt' : 'unavailable';
    return { kind, message: 'no answer', status: undefined, codes: [], retryAfterMs: undefined };
  }
  const { status, codes } = fault;
  const envelope = typeof codes === 'string' ? undefined : envelopeOf(codes);
  const kind = kindOfAnswer(status, envelope, scope);
  const message = describeAnswer(status, envelope);
  return { kind, message, status, codes: codesOf(envelope), retryAfterMs: fault.retryAfterMs };
}

/** The refusal of the simulated zone itself. */
export function refusalProblem(status: number, code: number): ApiProblem {
  const envelope = envelopeOf([code]);
  const scope = { write: true, inZone: true };
  const kind = kindOfAnswer(status, envelope, scope);
  return { kind, message: describeAnswer(status, envelope), status, codes: [code], retryAfterMs: undefined };
}

function envelopeOf(codes: readonly number[]): Envelope {
  const [first, ...chain] = codes.map((code) => ({ code, message: `code ${code}`, chain: [] }));
  return { success: false, errors: first === undefined ? [] : [{ ...first, chain }] };
}
