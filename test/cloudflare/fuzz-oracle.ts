import { isObject, parseJson } from '../../src/sandbox/json-value.ts';
import { LONGEST_PAUSE_MS } from '../../src/cloudflare/retry-after.ts';
import type { ActualRecord } from '../../src/domain/record.ts';
import type { ApiProblemKind, ApiResult, BatchApplied } from '../../src/domain/write.ts';
import { GOOD_TOKEN } from './fake.ts';
import type { FaultyAnswer, Served } from './fault-server.ts';

const KINDS: Readonly<Record<ApiProblemKind, true>> = {
  'in-doubt': true,
  unavailable: true,
  'rate-limited': true,
  'token-refused': true,
  forbidden: true,
  'not-found': true,
  exists: true,
  'type-conflict': true,
  quota: true,
  invalid: true,
  misconfigured: true,
};

/** The claims that do not hold. */
function failing(claims: Readonly<Record<string, boolean>>): readonly string[] {
  return Object.entries(claims).flatMap(([claim, holds]) => (holds ? [] : [claim]));
}

/** What is wrong with the form of a result that leaves the room. */
export function formFaults(result: ApiResult<unknown>): readonly string[] {
  if (result.ok) return [];
  const { kind, message, status, codes, retryAfterMs = 0 } = result.problem;
  return failing({
    'the kind is closed': Object.hasOwn(KINDS, kind),
    'the message is short, one line and free of the token':
      message.length <= 300 && !/\p{Cc}/u.test(message) && !message.includes(GOOD_TOKEN),
    'the status is one': status === undefined || (status >= 200 && status <= 599),
    'the codes are few whole numbers':
      codes.length <= 20 && codes.every((code) => Number.isSafeInteger(code)),
    'the pause is within five minutes': retryAfterMs >= 0 && retryAfterMs <= LONGEST_PAUSE_MS,
  });
}

function cameWhole({ delivery }: FaultyAnswer): boolean {
  return delivery === 'whole' || delivery === 'in pieces';
}

/** What an answer says, whatever its status; undefined where it did not come whole or is no JSON. */
export function saidBy(answer: FaultyAnswer): unknown {
  const type = answer.headers['content-type'] ?? '';
  const isJson = /^application\/([a-z]+\+)?json(;|$)/i.test(type);
  return cameWhole(answer) && isJson ? parseJson(new TextDecoder().decode(answer.body)) : undefined;
}

function result({ answer }: Served): unknown {
  const said = answer.status >= 200 && answer.status <= 299 ? saidBy(answer) : undefined;
  return isObject(said) && said['success'] === true ? said['result'] : undefined;
}

/** What speaks against a list that was believed: it must be all that the last pages from 1 on held, as announced. */
export function listFaults(served: readonly Served[], ids: readonly string[]): readonly string[] {
  const first = served.findLastIndex(({ query }) => query.get('page') === '1');
  const pages = served.slice(first).filter((each) => result(each) !== undefined);
  const rows = pages.flatMap((page) => result(page));
  const given = rows.map((row) => (isObject(row) ? row['id'] : undefined));
  const totals = pages.map(({ answer }) => {
    const said = saidBy(answer);
    const info = isObject(said) ? said['result_info'] : undefined;
    return isObject(info) ? info['total_count'] : undefined;
  });
  return failing({
    'every row was served, and every served row is there':
      given.length === ids.length && given.every((id) => typeof id === 'string' && ids.includes(id)),
    'no id is there twice': new Set(ids).size === ids.length,
    'every page announced that many': totals.every((total) => total === ids.length),
  });
}

/** What speaks against "this record is not there". */
export function goneFaults(served: Served | undefined): readonly string[] {
  if (served === undefined) return ['something was answered'];
  const { status } = served.answer;
  const said = saidBy(served.answer);
  const errors = isObject(said) && said['success'] === false ? said['errors'] : undefined;
  const named = /"code":(81044|1032)\b/.test(JSON.stringify(errors) ?? '');
  return failing({
    'Cloudflare refused in its own words': Array.isArray(errors) && errors.length > 0,
    'it said so by its status or a code': status === 404 || named,
    'the status is about the record': status < 500 && ![401, 408, 429].includes(status),
  });
}

/**
 * What speaks against calling a batch done, or against calling it not done.
 * @param arrived whether the request came to the server at all
 */
export function batchFaults(
  answer: FaultyAnswer,
  arrived: boolean,
  outcome: ApiResult<BatchApplied>,
  deleted: readonly string[],
  expected: readonly ActualRecord[],
): readonly string[] {
  if (!outcome.ok) {
    const said = saidBy(answer);
    const refused = isObject(said) && said['success'] === false && answer.status < 500;
    const limited = answer.status === 429 && cameWhole(answer);
    // Nothing but Cloudflare's own refusal says that it was not carried out.
    const surely = refused || limited || answer.status === 401;
    const { kind } = outcome.problem;
    return failing({
      'it is in doubt': surely || kind === 'in-doubt' || (kind === 'unavailable' && !arrived),
    });
  }
  const said = result({ path: '', query: new URLSearchParams(), answer });
  const deletes = isObject(said) && Array.isArray(said['deletes']) ? said['deletes'] : [];
  const shown = [...outcome.value.updated, ...outcome.value.created];
  const same = (one: ActualRecord | undefined, other: ActualRecord): boolean =>
    one?.name === other.name && one.type === other.type && one.content === other.content;
  return failing({
    'it names what was deleted': JSON.stringify(deletes.map((each) => each?.id)) === JSON.stringify(deleted),
    'it shows every record as it was asked for':
      shown.length === expected.length && expected.every((each, index) => same(shown[index], each)),
    'each is another record': new Set(shown.map(({ id }) => id)).size === shown.length,
  });
}
