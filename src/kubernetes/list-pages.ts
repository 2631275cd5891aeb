import { err, ok, type Result } from '../domain/result.ts';
import { badAnswer, type ApiError } from './api-error.ts';
import type { Connection } from './connection.ts';
import { fieldAt, listAt, textAt } from './json-fields.ts';
import type { Timings } from './timings.ts';

/** A list being read; what was added shows nowhere before `commit`. */
export interface ListStaging {
  /** An error when the item cannot even be named; the list is then not used. */
  add(raw: unknown): ApiError | undefined;
  commit(): void;
}

/**
 * Reads every page of one consistent list into `staging`, without committing it.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
 * @returns the resourceVersion to watch from.
 */
export async function listPages(
  connection: Connection,
  path: string,
  timings: Timings,
  signal: AbortSignal,
  staging: ListStaging,
): Promise<Result<string, ApiError>> {
  let version: string | undefined;
  let token: string | undefined;
  do {
    const page = await connection.json({
      method: 'GET',
      path,
      query: { limit: String(timings.pageSize), ...(token === undefined ? {} : { continue: token }) },
      signal,
      headerTimeoutMs: timings.headerTimeoutMs,
      bodyTimeoutMs: timings.listBodyTimeoutMs,
    });
    if (!page.ok) return page;
    const read = readPage(page.value, staging);
    if (!read.ok) return read;
    version ??= read.value.version;
    token = read.value.token;
  } while (token !== undefined);
  return ok(version);
}

interface Page {
  readonly version: string;
  readonly token: string | undefined;
}

function readPage(raw: unknown, staging: ListStaging): Result<Page, ApiError> {
  const version = textAt(raw, 'metadata', 'resourceVersion');
  const items = fieldAt(raw, 'items');
  // Go writes an empty list as null where its type has no default.
  const empty = items === undefined && textAt(raw, 'kind')?.endsWith('List') === true;
  if (!version || !(Array.isArray(items) || empty)) return err(badAnswer('the answer is not a list'));
  for (const item of listAt(raw, 'items')) {
    const error = staging.add(item);
    if (error !== undefined) return err(error);
  }
  return ok({ version, token: textAt(raw, 'metadata', 'continue') || undefined });
}
