import { fewOf, quoted } from '../domain/shown-text.ts';
import { isRoute, type SourceKind } from '../domain/source.ts';
import type { Ttl } from '../domain/ttl.ts';
import type { SourceSettings } from './annotations.ts';

/** The keys that a source may carry, without `routeflare/`. */
export const SOURCE_KEYS: ReadonlySet<string> = new Set([
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

type Annotations = Readonly<Record<string, string>>;

/** Keys on a source that mean nothing there, whatever the others say. Nothing freezes for these. */
export function unknownKeys(kind: SourceKind, own: Annotations): readonly string[] {
  const allowed = `allowed: ${[...SOURCE_KEYS].join(', ')}`;
  const unknown = Object.keys(own).filter((key) => !SOURCE_KEYS.has(key));
  const warnings = [
    ...fewOf(
      unknown.map((key) => `routeflare/${key} is not a key of Routeflare; ${allowed}`),
      (count) => `${count} more routeflare/ keys are none of Routeflare; ${allowed}`,
    ),
  ];
  if (!isRoute(kind) && own['gateway'] !== undefined) {
    warnings.push(`routeflare/gateway: ${quoted(own['gateway'])} has no effect: ${kind} has no parents`);
  }
  return warnings;
}

/**
 * Keys of the source itself that have no effect beside what else counts for it. A default of a gateway that does
 * not fit one of its routes is no mistake, and not told.
 * @param hasMode whether `content-mode` is written, on the source or on its gateway, readable or not
 */
export function idleKeys(
  own: Annotations,
  settings: SourceSettings,
  ttl: Ttl | undefined,
  hasMode: boolean,
): readonly string[] {
  if (Object.keys(own).length === 0) return [];
  const { mode, modeAaaa, types } = settings;
  if (!hasMode) {
    return settings.suspend
      ? []
      : ['there is no routeflare/content-mode, so the other routeflare/ keys have no effect'];
  }
  if (mode === undefined || mode === 'none') return [];
  const warnings: string[] = [];
  const idle = (key: string, why: string): void => {
    const value = own[key];
    if (value !== undefined) warnings.push(`routeflare/${key}: ${quoted(value)} has no effect: ${why}`);
  };
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
