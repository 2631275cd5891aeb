import type { Claim } from '../domain/claim.ts';
import type { RecordData } from '../domain/record.ts';
import { sameRef } from '../domain/source.ts';
import type { Ttl } from '../domain/ttl.ts';
import type { Want } from '../domain/want.ts';
import type { RecordPatch } from '../domain/write.ts';

/** What an existing record, or the row that stands for it, holds now. */
export type Present = Pick<RecordData, 'content' | 'ttl' | 'proxied'> & { readonly name: string };

/**
 * The fields that a wanted record should have. Written keys are enforced; what is not written stays as a person
 * set it (`present`), or is the default for a record that we create. A key that was written when we last wrote
 * (`last`) and is not any more sets the default once, but only where the same source did: one that takes a name
 * over in silence says nothing. docs/annotations.md, "What is enforced".
 */
export function fieldsFor(
  want: Want,
  content: string,
  present: Present | undefined,
  last: Claim | undefined,
): RecordData {
  const own = last?.holder !== undefined && sameRef(last.holder, want.source) ? last : undefined;
  const proxied = valueOf(want.proxied, present?.proxied, own?.proxiedWritten === true);
  const ttl: Ttl = proxied ? 'auto' : valueOf(want.ttl, present?.ttl, own?.ttlWritten === true);
  return { name: want.name, type: want.type, content, ttl, proxied };
}

function valueOf<T>(setting: { value: T; written: boolean }, present: T | undefined, takenAway: boolean): T {
  if (setting.written || present === undefined || takenAway) return setting.value;
  return present;
}

/** What to send so that `present` becomes `after`; no key when nothing differs. Proxied records have no TTL of their own. */
export function patchOf(present: Present, after: RecordData): RecordPatch {
  return {
    ...(present.name === after.name ? {} : { name: after.name }),
    ...(present.content === after.content ? {} : { content: after.content }),
    ...(after.proxied || present.ttl === after.ttl ? {} : { ttl: after.ttl }),
    ...(present.proxied === after.proxied ? {} : { proxied: after.proxied }),
  };
}

export function isEmptyPatch(patch: RecordPatch): boolean {
  return Object.keys(patch).length === 0;
}
