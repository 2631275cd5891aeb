import type { ActualRecord } from '../domain/record.ts';

/**
 * Which TXT registry of external-dns is meant, by the options that installation has: `--txt-owner-id`, `--txt-prefix`,
 * `--txt-suffix` (with `%{record_type}` in either) and `--txt-wildcard-replacement`; '' where one is not set.
 * https://kubernetes-sigs.github.io/external-dns/latest/docs/registry/txt/
 */
export interface RegistryOptions {
  readonly owner: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly wildcard: string;
}

const TYPE = '%{record_type}';
const HERITAGE = 'heritage=external-dns';

/** The owner that a TXT record of such a registry names; '' when it names none, `undefined` when it is no such record. */
export function registryOwner({ type, content }: Pick<ActualRecord, 'type' | 'content'>): string | undefined {
  if (type !== 'TXT') return undefined;
  const words = content.replace(/^"+|"+$/g, '').split(',');
  if (!words.includes(HERITAGE)) return undefined;
  const key = 'external-dns/owner=';
  return words.find((word) => word.startsWith(key))?.slice(key.length) ?? '';
}

/** Whether it may be one with `--txt-encrypt-enabled`: base64 of at least a nonce, a tag and a few words. */
export function mayBeEncrypted({ type, content }: Pick<ActualRecord, 'type' | 'content'>): boolean {
  return type === 'TXT' && /^"?[A-Za-z0-9+/]{60,}={0,2}"?$/.test(content);
}

/** Where the registry keeps a record's owner. */
export interface RegistryNames {
  readonly typed: string;
  /** Without the record's type, as before 0.12 and beside the other up to 0.17; never read for AAAA. */
  readonly plain: string | undefined;
}

export function registryNames(options: RegistryOptions, name: string, type: string): RegistryNames {
  const [first = '', ...rest] = name.split('.');
  const label = first === '*' && options.wildcard !== '' ? options.wildcard : first;
  const word = type.toLowerCase();
  const isInAffix = `${options.prefix}${options.suffix}`.includes(TYPE);
  const around = (middle: string, of: string): string =>
    [`${filled(options.prefix, of)}${middle}${filled(options.suffix, of)}`, ...rest].join('.');
  return {
    typed: around(isInAffix ? label : `${word}-${label}`, word),
    plain: type === 'AAAA' ? undefined : around(label, ''),
  };
}

function filled(affix: string, word: string): string {
  return affix.replaceAll(TYPE, word).toLowerCase();
}
