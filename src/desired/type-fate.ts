import type { Claim } from '../domain/claim.ts';
import { excludes, type RecordType } from '../domain/record.ts';
import type { Fate } from '../domain/want.ts';
import type { SourceSettings } from './annotations.ts';

/**
 * What its source says of a record at a name that it still asks for, by the record's type alone. Doomed only when
 * the annotations as written can no longer lead to that type: an address or a family that vanished is no edit.
 * @param types every type that they can lead to
 * @param whenAsked the fate of a record of one of these
 */
export function fateByType(
  { type }: Claim,
  types: readonly RecordType[],
  settings: SourceSettings,
  whenAsked: () => Fate,
): Fate {
  if (types.includes(type)) return whenAsked();
  if (types.length > 0 && types.every((each) => excludes(each, type))) {
    // First the new type, then the old one: in one batch, once the new one has content.
    const why = `${type} goes once ${types.join('/')} can be published in its place`;
    return { kind: 'kept', state: 'pending', why };
  }
  if (type === 'AAAA' && settings.modeAaaa === 'none') {
    return { kind: 'doomed', evidence: 'content-mode-removed', why: 'routeflare/content-mode-aaaa is none' };
  }
  const asked = types.length === 0 ? 'no record' : types.join('/');
  const why = `its source asks for ${asked}, not ${type}`;
  return { kind: 'doomed', evidence: 'type-removed', why };
}
