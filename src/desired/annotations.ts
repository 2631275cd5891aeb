import type { ContentMode } from '../domain/claim.ts';
import { parseReadyGrace } from '../domain/ready-grace.ts';
import type { RecordType } from '../domain/record.ts';
import type { Result } from '../domain/result.ts';
import { quoted } from '../domain/shown-text.ts';
import { isRoute, type SourceKind } from '../domain/source.ts';
import { parseTtl, type Ttl } from '../domain/ttl.ts';
import type { Setting } from '../domain/want.ts';
import {
  parseAddressChoice,
  parseBoolean,
  parseContentMode,
  parseParentName,
  parseTrue,
  parseTypes,
  type ParentName,
} from './annotation-values.ts';
import { idleKeys, unknownKeys } from './annotation-warnings.ts';
import { NO_DEFAULTS, type Defaults } from './gateway-defaults.ts';
import { parseNameList, type NameList } from './hostnames.ts';
import { parseStaticContent, type StaticContent } from './static-content.ts';

/** A source's annotations, typed. A key that is absent, or whose value cannot be used, is `undefined`. */
export interface SourceSettings {
  readonly mode: ContentMode | undefined;
  readonly modeAaaa: ContentMode | undefined;
  readonly types: readonly RecordType[] | undefined;
  readonly ttl: Setting<Ttl>;
  readonly proxied: Setting<boolean>;
  /** Read only where a mode is `static`; the error freezes what has that mode. */
  readonly content: Result<StaticContent, string> | undefined;
  readonly addresses: 'first' | 'all';
  readonly hostnames: NameList | undefined;
  readonly gateway: ParentName | undefined;
  readonly adopt: boolean;
  readonly suspend: boolean;
  /** For how long the backends may have no ready endpoint, in milliseconds. */
  readonly readyGraceMs: number | undefined;
}

/** Messages are those of `InvalidAnnotation` Events. */
export interface ReadAnnotations {
  readonly settings: SourceSettings;
  /** Why every record is frozen: keys whose value cannot be used. */
  readonly frozen: string | undefined;
  /** What cannot be used. */
  readonly complaints: readonly string[];
  /** Unknown keys and empty items: true whatever the gateways set. */
  readonly warnings: readonly string[];
  /** Keys of the source without effect beside the others. */
  readonly idle: readonly string[];
}

/** What one object's annotations are read from: its own, without prefix, over those that a gateway sets. */
export interface AnnotationCase {
  readonly kind: SourceKind;
  readonly own: Readonly<Record<string, string>>;
  readonly defaults?: Defaults;
}

/**
 * Reads the `routeflare/` annotations of a source, key by key over its gateway's; docs/annotations.md. A value that
 * cannot be used never becomes a default: it freezes, and the message names key, raw value, whose it is, and what
 * is allowed.
 */
export function readAnnotations({ kind, own, defaults = NO_DEFAULTS }: AnnotationCase): ReadAnnotations {
  const frozen: string[] = [];
  const textOf = (key: string): string | undefined => own[key] ?? defaults.get(key)?.text;
  const unusable = (key: string, rest: string): string => {
    const from = own[key] === undefined ? defaults.get(key)?.from : undefined;
    const whose = from === undefined ? '' : ` of ${from}`;
    return `routeflare/${key}${whose}: ${quoted(textOf(key) ?? '')} cannot be used; ${rest}`;
  };
  const read = <T>(key: string, parse: (value: string) => Result<T, string>): T | undefined => {
    const text = textOf(key);
    if (text === undefined) return undefined;
    const value = parse(text.trim());
    if (value.ok) return value.value;
    frozen.push(unusable(key, `allowed: ${value.error}`));
    return undefined;
  };
  const mode = read('content-mode', parseContentMode);
  const modeAaaa = read('content-mode-aaaa', parseContentMode);
  const types = read('type', parseTypes);
  const ttl = read('ttl', (text) => {
    const parsed = parseTtl(text);
    return parsed.ok ? parsed : { ok: false, error: '"auto", or whole seconds from 60 to 86400' };
  });
  const proxied = read('proxied', parseBoolean);
  const addresses = read('addresses', parseAddressChoice) ?? 'first';
  const adopt = read('adopt', parseTrue) ?? false;
  const suspend = read('suspend', parseTrue) ?? false;
  const readyGraceMs = read('require-ready', parseReadyGrace);
  const gateway = isRoute(kind) ? read('gateway', parseParentName) : undefined;
  const hostnames = read('hostnames', nonEmptyList);
  const usesStatic = mode === 'static' || modeAaaa === 'static';
  const content = usesStatic
    ? readContent(textOf('content'), addresses === 'all', proxied ?? false)
    : undefined;
  const settings: SourceSettings = {
    mode,
    modeAaaa,
    types,
    ttl: proxied === true && typeof ttl === 'number' ? unwritten('auto') : setting(ttl, 'auto'),
    proxied: setting(proxied, false),
    content,
    addresses,
    hostnames,
    gateway,
    adopt,
    suspend,
    readyGraceMs,
  };
  const wrongNames = (hostnames?.wrong ?? []).map((wrong) =>
    unusable('hostnames', `${wrong}; allowed: a comma list of DNS names`),
  );
  const contentWrong = content?.ok === false ? [unusable('content', content.error)] : [];
  const unusableKeys = [...frozen, ...contentWrong];
  const emptyItem = hostnames?.hasEmptyItem ? [unusable('hostnames', 'its empty items are ignored')] : [];
  return {
    settings,
    frozen: unusableKeys.length === 0 ? undefined : unusableKeys.join('; '),
    complaints: [...unusableKeys, ...wrongNames],
    warnings: [...emptyItem, ...unknownKeys(kind, own)],
    idle: idleKeys(own, settings, ttl, textOf('content-mode') !== undefined),
  };
}

function setting<T>(written: T | undefined, fallback: T): Setting<T> {
  return written === undefined ? unwritten(fallback) : { value: written, written: true };
}

function unwritten<T>(value: T): Setting<T> {
  return { value, written: false };
}

function nonEmptyList(text: string): Result<NameList, string> {
  const list = parseNameList(text.split(','));
  const isEmpty = list.names.length === 0 && list.wrong.length === 0;
  return isEmpty
    ? { ok: false, error: 'a comma list of DNS names, at least one' }
    : { ok: true, value: list };
}

function readContent(
  text: string | undefined,
  all: boolean,
  proxied: boolean,
): Result<StaticContent, string> {
  if (text === undefined) {
    return { ok: false, error: 'content-mode static needs it; allowed: IP addresses, or one hostname' };
  }
  return parseStaticContent(text, { all, proxied });
}
