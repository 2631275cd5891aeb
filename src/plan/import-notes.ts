import { counted } from '../domain/counted.ts';
import { RECORD_TYPES, type ActualRecord } from '../domain/record.ts';
import { mayBeEncrypted, registryNames, type RegistryOptions } from './external-dns.ts';
import type { Registry } from './registry.ts';

/** More than this are counted rather than told. */
const TOLD = 5;

/** Whose registries a zone has, for a person to choose from. */
export function ownersFound(registry: Registry, zone: string): readonly string[] {
  const owners = Map.groupBy(registry.texts, (text) => registry.ownerOf(text));
  return [...owners].map(([owner, texts]) => {
    const count = counted(texts.length, 'TXT record');
    return `zone ${zone}: ${count} of external-dns with owner "${owner}": choose it by --owner`;
  });
}

/** What a registry names and is not taken over, in one line. */
export function notTaken(records: readonly ActualRecord[], zone: string, why: string): readonly string[] {
  if (records.length === 0) return [];
  const names = listed(records.map(({ type, name }) => `${type} ${name}`));
  return [`zone ${zone}: ${counted(records.length, 'record')} ${why}: ${names}`];
}

/** TXT records of that owner that speak for nothing here: leftovers, or the registry's names are made in another way. */
export function speakForNothing(registry: Registry, owner: string, zone: string): readonly string[] {
  const own = registry.texts.filter((text) => registry.ownerOf(text) === owner);
  const unfit = own.filter((text) => !registry.fits(text));
  if (unfit.length === 0) return [];
  const hint =
    unfit.length === own.length
      ? '. Give the --txt-prefix or --txt-suffix, and the --txt-wildcard-replacement, that external-dns has'
      : '';
  const names = listed(unfit.map(({ name }) => name));
  return [
    `zone ${zone}: ${counted(unfit.length, 'TXT record')} of owner ${owner} left, for want of a record that fits: ${names}${hint}`,
  ];
}

/** TXT records of that owner that can mean two names: neither is taken on their word. */
export function meansTwo(registry: Registry, owner: string): readonly string[] {
  return registry.texts
    .filter((text) => registry.ownerOf(text) === owner && registry.isUnsure(text))
    .map(
      (text) => `TXT ${text.name} can mean ${registry.meanings(text).join(' or ')}: neither is taken over`,
    );
}

/** Names that are wanted, where the registry's TXT record cannot be read: told, and never guessed. */
export function encryptedAt(
  records: readonly ActualRecord[],
  wanted: ReadonlySet<string>,
  options: RegistryOptions,
): readonly string[] {
  const opaque = new Set(records.filter((record) => mayBeEncrypted(record)).map(({ name }) => name));
  return [...wanted].flatMap((name) => {
    const text = RECORD_TYPES.map((type) => registryNames(options, name, type).typed).find((each) =>
      opaque.has(each),
    );
    if (text === undefined) return [];
    return [
      `${name} is left: TXT ${text} looks encrypted, and whose it is cannot be read. Let external-dns write it anew without --txt-encrypt-enabled first`,
    ];
  });
}

function listed(names: readonly string[]): string {
  const more = names.length - TOLD;
  return more > 0 ? `${names.slice(0, TOLD).join(', ')} and ${more} more` : names.join(', ');
}
