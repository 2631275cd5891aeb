import type { CloudflareRefusal } from './cloudflare-refusal.ts';
import type { Reply } from './faulty-answer.ts';

export interface ResultInfo {
  readonly page: number;
  readonly per_page: number;
  readonly count: number;
  readonly total_count: number;
  readonly total_pages: number;
}

export interface Page<T> {
  readonly items: T[];
  readonly info: ResultInfo;
}

/** The answer of every call that went well. */
export function success(result: unknown, info?: ResultInfo): Reply {
  const envelope = { result, success: true, errors: [], messages: [] };
  return reply(200, info === undefined ? envelope : { ...envelope, result_info: info }, {});
}

export function failure(refusal: CloudflareRefusal): Reply {
  const { code, message, chain, status, headers } = refusal;
  const error = chain.length === 0 ? { code, message } : { code, message, error_chain: chain };
  return reply(status, { result: null, success: false, errors: [error], messages: [] }, headers);
}

/** @param most a larger `per_page` is taken as this; the answer's `result_info` shows it. */
export function paginate<T>(
  items: readonly T[],
  query: Readonly<Record<string, string>>,
  standard: number,
  most: number,
): Page<T> {
  const page = wholeNumber(query['page']) ?? 1;
  const perPage = Math.min(wholeNumber(query['per_page']) ?? standard, most);
  const part = items.slice((page - 1) * perPage, page * perPage);
  return {
    items: part,
    info: {
      page,
      per_page: perPage,
      count: part.length,
      total_count: items.length,
      total_pages: Math.ceil(items.length / perPage),
    },
  };
}

function wholeNumber(text: string | undefined): number | undefined {
  const value = Number(text);
  return text !== undefined && Number.isInteger(value) && value >= 1 ? value : undefined;
}

function reply(status: number, body: unknown, headers: Readonly<Record<string, string>>): Reply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}
