import type { Claim, PublishingMode } from '../domain/claim.ts';
import type { SourceObject } from '../domain/cluster.ts';
import { RECORD_TYPES, type RecordType } from '../domain/record.ts';
import { readAnnotations, type ReadAnnotations, type SourceSettings } from './annotations.ts';
import type { Parent } from './attachment.ts';
import { NO_DEFAULTS } from './gateway-defaults.ts';
import { possibleTypes } from './record-types.ts';

/**
 * On what terms a source publishes through one parent: its own keys, over those of that parent.
 * - `modeless`: no content-mode, proved by the objects that are there. Such a parent never counts.
 * - `suspended`, `frozen`: by a key of the gateway; those of the source were heard before.
 * - `unknown`: the gateway is not seen, or only as last known, and might set what the source leaves open.
 */
export type Terms = { readonly settings: SourceSettings } & (
  | { readonly kind: 'publish'; readonly mode: PublishingMode }
  | { readonly kind: 'modeless' | 'suspended' | 'frozen' | 'unknown'; readonly why: string }
);

export interface ReadTerms {
  readonly terms: Terms;
  /** `undefined` where the gateway's keys are not known. */
  readonly read: ReadAnnotations | undefined;
}

export function termsOf(object: SourceObject, own: ReadAnnotations, parent: Parent): ReadTerms {
  const { place, gateway } = parent;
  if (gateway !== undefined && place === undefined) {
    const why = parent.open ?? 'its gateway is not known';
    return { terms: { kind: 'unknown', why, settings: own.settings }, read: undefined };
  }
  const defaults = place?.defaults ?? NO_DEFAULTS;
  const read =
    defaults.size === 0 ? own : readAnnotations({ kind: object.kind, own: object.annotations, defaults });
  const { settings, frozen } = read;
  if (settings.suspend) {
    return { terms: { kind: 'suspended', why: 'its gateway carries routeflare/suspend', settings }, read };
  }
  if (frozen !== undefined) return { terms: { kind: 'frozen', why: frozen, settings }, read };
  const { mode } = settings;
  if (mode !== undefined && mode !== 'none') return { terms: { kind: 'publish', mode, settings }, read };
  const open = place?.open;
  if (open !== undefined) return { terms: { kind: 'unknown', why: open, settings }, read };
  const why =
    mode === undefined ? 'routeflare/content-mode was taken away' : 'routeflare/content-mode is none';
  return { terms: { kind: 'modeless', why, settings }, read };
}

/** A suspended record stays so while the gateway that may have said so is out of sight: its going is no edit. */
export function isStillSuspended({ state }: Claim, { place }: Parent, { kind }: Terms): boolean {
  return state === 'suspended' && (kind === 'unknown' || place?.open !== undefined);
}

/** Every type that a record may have on these terms, whatever the addresses are just now. */
export function typesUnder(terms: Terms): readonly RecordType[] {
  switch (terms.kind) {
    case 'publish':
      return possibleTypes(terms.settings, terms.mode);
    case 'modeless':
      return [];
    case 'unknown':
      return terms.settings.types ?? RECORD_TYPES;
    case 'suspended':
    case 'frozen':
      return RECORD_TYPES;
  }
}
