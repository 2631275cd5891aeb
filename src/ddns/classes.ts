import { parseAddress, unpublishable, type Family } from '../domain/address.ts';
import type { Vote } from '../domain/egress.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { networkOf, type Cidr } from '../domain/cidr.ts';
import { CLOUDFLARE_RANGES } from './cloudflare-ranges.ts';

/** What the settings say of addresses: `DDNS_ALLOW_CIDRS` and `DDNS_ONLY_CIDRS`. Empty lists say nothing. */
export interface EgressRules {
  readonly allow: readonly Cidr[];
  readonly only: readonly Cidr[];
}

/**
 * Whether an answer can be the egress address of the family: the address in canonical form, or the rule that
 * refuses it. `DDNS_ALLOW_CIDRS` lifts the rule on global routability (the IANA special-purpose registries) for
 * addresses that may be published at all; no setting lifts the others.
 */
export function egressAddress(raw: string, family: Family, rules: EgressRules): Result<string, string> {
  const parsed = parseAddress(raw);
  if (!parsed.ok) return err(parsed.error);
  const address = parsed.value;
  const { text } = address;
  if (address.family !== family) return err(`${text} is not an IPv${family} address`);
  if (family === 4 && raw.includes(':')) return err(`${raw} is an IPv4-mapped IPv6 address`);
  const never = unpublishable(address, false);
  if (never !== undefined) return err(never);
  const cloudflare = networkOf(text, CLOUDFLARE_RANGES);
  if (cloudflare !== undefined) return err(`${text} is Cloudflare's own (${cloudflare.text})`);
  if (address.class !== 'global' && networkOf(text, rules.allow) === undefined) {
    return err(`${text} is not globally routable (${address.class}) and not in DDNS_ALLOW_CIDRS`);
  }
  if (rules.only.length > 0 && networkOf(text, rules.only) === undefined) {
    return err(`${text} is not in DDNS_ONLY_CIDRS`);
  }
  return ok(text);
}

/** The vote with its address in canonical form, or with the rule that refuses it in place of the address. */
export function admit(vote: Vote, family: Family, rules: EgressRules): Vote {
  const { address, ...rest } = vote;
  if (address === undefined || vote.refused !== undefined) {
    return { ...rest, refused: vote.refused ?? 'gave no address' };
  }
  const admitted = egressAddress(address, family, rules);
  return admitted.ok ? { ...rest, address: admitted.value } : { ...rest, refused: admitted.error };
}
