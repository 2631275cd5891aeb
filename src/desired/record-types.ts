import type { ContentMode, PublishingMode } from '../domain/claim.ts';
import { RECORD_TYPES, type RecordType } from '../domain/record.ts';
import type { AddressPool } from './address-pool.ts';
import type { SourceSettings } from './annotations.ts';
import { typesOfContent } from './static-content.ts';

/**
 * Every type that the settings as written can lead to, whatever the addresses are just now. A claim of any other
 * type was taken away by an edit; one of these never was.
 */
export function possibleTypes(settings: SourceSettings, mode: PublishingMode): readonly RecordType[] {
  return withoutOptedOut(settings, typesBefore(settings, mode));
}

function typesBefore(settings: SourceSettings, mode: PublishingMode): readonly RecordType[] {
  if (settings.types !== undefined) return settings.types;
  if (mode === 'ddns') return ['A'];
  if (mode === 'gateway-address') return ['A', 'CNAME'];
  // Which types a content that cannot be used would have given, nobody can tell.
  return settings.content?.ok ? typesOfContent(settings.content.value) : RECORD_TYPES;
}

/** The types to publish now. Only a gateway's lack of any IP address turns the default into CNAME. */
export function wantedTypes(
  settings: SourceSettings,
  mode: PublishingMode,
  pool: AddressPool | undefined,
): readonly RecordType[] {
  if (settings.types !== undefined || mode !== 'gateway-address') return possibleTypes(settings, mode);
  return isHostnameOnly(pool) ? ['CNAME'] : ['A'];
}

function isHostnameOnly(pool: AddressPool | undefined): boolean {
  return (
    pool !== undefined &&
    pool.hostnames.length > 0 &&
    pool.addresses[4].length === 0 &&
    pool.addresses[6].length === 0
  );
}

/** `content-mode-aaaa: none` opts out of the AAAA record. */
function withoutOptedOut(settings: SourceSettings, types: readonly RecordType[]): readonly RecordType[] {
  return settings.modeAaaa === 'none' ? types.filter((type) => type !== 'AAAA') : types;
}

/** Where the content of a type comes from. */
export function modeOf(type: RecordType, settings: SourceSettings, mode: PublishingMode): PublishingMode {
  const own: ContentMode | undefined = type === 'AAAA' ? settings.modeAaaa : undefined;
  return own === undefined || own === 'none' ? mode : own;
}
