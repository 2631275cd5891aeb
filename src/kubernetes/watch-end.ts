import type { ApiError } from './api-error.ts';

/** Where a watch ended: the last resourceVersion seen, and why. `undefined` as error: the server closed it in order. */
export interface WatchEnd {
  readonly version: string;
  readonly error: ApiError | undefined;
  readonly livedMs: number;
}

/**
 * A resourceVersion that the server does not know, of a kind that it no longer serves, or that it refused as such,
 * is of no use; after anything else the watch goes on from where it was.
 * @param stuck the watch failed at this version again and again; then an answer that makes no sense ends it too.
 */
export function versionAfter({ version, error }: WatchEnd, stuck: boolean): string | undefined {
  if (error !== undefined && losesVersion(error)) return undefined;
  if (error?.kind === 'bad-answer' && (stuck || error.status >= 400)) return undefined;
  return version;
}

/** Whether there is no version to go on from after it. */
export function losesVersion({ kind }: ApiError): boolean {
  return kind === 'gone' || kind === 'not-found' || kind === 'other-cluster';
}
