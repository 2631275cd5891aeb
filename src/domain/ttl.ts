import { err, ok, type Result } from './result.ts';
import { quoted } from './shown-text.ts';

/** `auto`, or whole seconds from 60 to 86400. Cloudflare writes automatic as 1. */
export type Ttl = 'auto' | number;

export function parseTtl(raw: string): Result<Ttl, string> {
  const text = raw.trim().toLowerCase();
  if (text === 'auto') return ok('auto');
  const seconds = /^[0-9]{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= 60 && seconds <= 86_400) return ok(seconds);
  return err(`${quoted(raw)} is not a TTL: allowed are "auto" and whole seconds from 60 to 86400`);
}

export function ttlToApi(ttl: Ttl): number {
  return ttl === 'auto' ? 1 : ttl;
}

export function ttlFromApi(ttl: number): Ttl {
  return ttl === 1 ? 'auto' : ttl;
}
