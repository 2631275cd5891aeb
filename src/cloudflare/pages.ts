import type { ApiResult } from '../domain/write.ts';
import type { Success } from './envelope.ts';
import { unusable } from './problem.ts';

/** More pages than any real list has, so that a server that counts wrongly ends somewhere. */
const MOST_PAGES = 1000;

/**
 * Reads a list to its end and believes it only whole: every page came, each item could be read, the ids are
 * distinct, and their number is the `total_count` that every page named. Anything else is unavailable.
 */
export async function readAllPages<T extends { readonly id: string }>(
  what: string,
  readPage: (page: number) => Promise<ApiResult<Success>>,
  parse: (item: unknown) => T | undefined,
): Promise<ApiResult<readonly T[]>> {
  const items = new Map<string, T>();
  let total: number | undefined;
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await readPage(page);
    if (!answer.ok) return answer;
    const { result, resultInfo } = answer.value;
    const count = resultInfo?.['total_count'];
    if (!Array.isArray(result) || typeof count !== 'number')
      return unusable(`${what}: the answer is no list`);
    if (resultInfo?.['page'] !== page) return unusable(`${what}: page ${String(page)} never came`);
    total ??= count;
    if (count !== total) return unusable(`${what}: changed while its pages were read`);
    const rows: readonly unknown[] = result;
    for (const row of rows) {
      const item = parse(row);
      if (item === undefined) return unusable(`${what}: an item has an unknown form`);
      if (items.has(item.id)) return unusable(`${what}: ${item.id} came twice`);
      items.set(item.id, item);
    }
    if (items.size === total) return { ok: true, value: [...items.values()] };
    if (items.size > total || rows.length === 0) break;
  }
  return unusable(`${what}: ${String(items.size)} items came where ${String(total)} were announced`);
}
