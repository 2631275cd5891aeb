import type { ContentMode } from '../domain/claim.ts';
import type { SourceObject } from '../domain/cluster.ts';
import type { RecordType } from '../domain/record.ts';
import { ok, type Result } from '../domain/result.ts';
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
}

export interface ReadAnnotations {
  readonly settings: SourceSettings;
  /** Why every record of the source is frozen: keys whose value cannot be used. */
  readonly frozen: string | undefined;
  /** Messages of `InvalidAnnotation` Events, warnings included. */
  readonly complaints: readonly string[];
}

const KEYS: ReadonlySet<string> = new Set([
  'content-mode',
  'content-mode-aaaa',
  'type',
  'ttl',
  'proxied',
  'content',
  'hostnames',
  'gateway',
  'addresses',
  'adopt',
  'suspend',
  'require-ready',
]);

/** Keys of the contract that this release reads but does not act on. */
const NOT_YET: ReadonlySet<string> = new Set(['require-ready']);

const ROUTES: ReadonlySet<string> = new Set(['HTTPRoute', 'GRPCRoute', 'TLSRoute']);

/**
 * Reads the `routeflare/` annotations of a source; docs/annotations.md. A value that cannot be used never
 * becomes a default: it freezes, and the message names key, raw value and what is allowed.
 */
export function readAnnotations(object: SourceObject): ReadAnnotations {
  const raw = object.annotations;
  const bad: string[] = [];
  const warnings: string[] = [];
  const read = <T>(key: string, parse: (value: string) => Result<T, string>): T | undefined => {
    const text = raw[key];
    if (text === undefined) return undefined;
    const value = parse(text.trim());
    if (value.ok) return value.value;
    bad.push(unusable(key, text, `allowed: ${value.error}`));
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
  const gateway = ROUTES.has(object.kind) ? read('gateway', parseParentName) : undefined;
  const hostnames = read('hostnames', nonEmptyList);
  const usesStatic = mode === 'static' || modeAaaa === 'static';
  const content = usesStatic ? readContent(raw['content'], addresses === 'all', proxied ?? false) : undefined;
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
  };
  if (hostnames?.hasEmptyItem)
    warnings.push(unusable('hostnames', raw['hostnames'], 'its empty items are ignored'));
  for (const wrong of hostnames?.wrong ?? []) {
    bad.push(unusable('hostnames', raw['hostnames'], `${wrong}; allowed: a comma list of DNS names`));
  }
  warnings.push(...warningsOf(object, settings, ttl));
  const wrongEntries = hostnames?.wrong.length ?? 0;
  const freezing = bad.slice(0, bad.length - wrongEntries);
  const contentWrong =
    content?.ok === false ? [unusable('content', raw['content'] ?? '', content.error)] : [];
  return {
    settings,
    frozen: freezing.length === 0 ? undefined : freezing.join('; '),
    complaints: [...bad, ...contentWrong, ...warnings],
  };
}

function unusable(key: string, raw: string | undefined, rest: string): string {
  return `routeflare/${key}: "${raw ?? ''}" cannot be used; ${rest}`;
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
  return isEmpty ? { ok: false, error: 'a comma list of DNS names, at least one' } : ok(list);
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

/** Keys that are unknown, not acted on, or without effect where they stand. Nothing freezes for these. */
function warningsOf(object: SourceObject, settings: SourceSettings, ttl: Ttl | undefined): readonly string[] {
  const raw = object.annotations;
  const warnings: string[] = [];
  for (const key of Object.keys(raw)) {
    if (!KEYS.has(key)) {
      warnings.push(`routeflare/${key} is not a key of Routeflare; allowed: ${[...KEYS].join(', ')}`);
    }
    if (NOT_YET.has(key)) {
      warnings.push(`routeflare/${key}: "${raw[key] ?? ''}" is not acted on by this release`);
    }
  }
  const idle = (key: string, why: string): void => {
    if (raw[key] !== undefined) warnings.push(`routeflare/${key}: "${raw[key]}" has no effect: ${why}`);
  };
  const { mode, modeAaaa, types } = settings;
  if (!ROUTES.has(object.kind)) idle('gateway', `${object.kind} has no parents`);
  if (raw['content-mode'] === undefined) {
    if (!settings.suspend)
      warnings.push('there is no routeflare/content-mode, so the other routeflare/ keys have no effect');
    return warnings;
  }
  if (mode === undefined || mode === 'none') return warnings;
  if (mode !== 'static' && modeAaaa !== 'static') idle('content', 'content-mode is not static');
  if (types === undefined ? mode !== 'static' : !types.includes('AAAA')) {
    idle('content-mode-aaaa', 'no AAAA record is asked for (routeflare/type: A/AAAA would)');
  }
  if (mode === 'ddns' && (modeAaaa ?? 'ddns') === 'ddns') {
    idle('addresses', 'there is one egress address of a family');
  }
  if (settings.proxied.value && typeof ttl === 'number') {
    idle('ttl', 'the TTL of a proxied record is always auto');
  }
  return warnings;
}
