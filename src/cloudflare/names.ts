import { domainToASCII } from 'node:url';

/**
 * A name as Cloudflare sent it, in the form that all of ours have: lower-case A-labels, no final dot. Records
 * come in A-labels and zones in Unicode. Wider than a Hostname: other people's records have underscores.
 */
export function canonicalName(raw: string): string {
  const lower = raw.trim().toLowerCase().replace(/\.$/, '');
  if (/^[\x20-\x7e]*$/.test(lower)) return lower;
  const wildcard = lower.startsWith('*.');
  const ascii = domainToASCII(wildcard ? lower.slice(2) : lower);
  return ascii === '' ? lower : wildcard ? `*.${ascii}` : ascii;
}
