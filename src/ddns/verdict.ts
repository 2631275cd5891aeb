import ipaddr from 'ipaddr.js';
import type { Family } from '../domain/address.ts';
import type { Vote } from '../domain/egress.ts';

/** A vote that was judged, with the operators who may stand behind it. */
export interface Ballot {
  readonly operators: readonly string[];
  readonly vote: Vote;
}

/**
 * What a round says. `agreed`: one address has the quorum. `too-few`: one address, not enough operators. `conflict`:
 * several addresses, none of them alone with the quorum; `same-network` when only the host part of an IPv6 /64 differs,
 * as with privacy addresses. `unavailable`: nobody gave an address that counts.
 */
export type Verdict =
  | { readonly kind: 'agreed'; readonly address: string; readonly voters: readonly string[] }
  | {
      readonly kind: 'conflict';
      readonly reason: 'different-addresses' | 'same-network' | 'moved';
      readonly addresses: readonly string[];
      readonly why: string;
    }
  | { readonly kind: 'too-few'; readonly address: string; readonly why: string }
  | { readonly kind: 'unavailable'; readonly why: string };

/** Judges the ballots of one round; operators are counted, not voters. */
export function judge(ballots: readonly Ballot[], quorum: number, family: Family): Verdict {
  const byAddress = Map.groupBy(ballots.filter(counts), ({ vote }) => vote.address ?? '');
  const addresses = [...byAddress.keys()];
  const [only, ...others] = addresses;
  if (only === undefined) return { kind: 'unavailable', why: whyNobody(ballots) };

  const [winner, rival] = [...byAddress].filter(([, of]) => countOperators(of) >= quorum);
  if (winner !== undefined && rival === undefined) {
    const [address, supporters] = winner;
    return { kind: 'agreed', address, voters: supporters.map(({ vote }) => vote.voter) };
  }

  const said = [...byAddress].map(([address, of]) => `${names(of)} said ${address}`).join(', ');
  if (others.length === 0) {
    const why = `${quorum} operators must agree, but only ${said}${refusals(ballots)}`;
    return { kind: 'too-few', address: only, why };
  }
  if (family === 6 && new Set(addresses.map(networkPart)).size === 1) {
    const why = `the voters saw different addresses of one /64 (privacy addresses?): ${said}${refusals(ballots)}`;
    return { kind: 'conflict', reason: 'same-network', addresses, why };
  }
  const why = `the voters disagree: ${said}${refusals(ballots)}`;
  return { kind: 'conflict', reason: 'different-addresses', addresses, why };
}

/**
 * How many operators stand behind the ballots for certain: the fewest who could have given them all. So an answer
 * that is "Cloudflare's or ipify's" adds nothing to one of Cloudflare's, and one to one of Amazon's.
 */
export function countOperators(ballots: readonly Ballot[]): number {
  return fewest(ballots.map(({ operators }) => operators).toSorted((a, b) => a.length - b.length));
}

function fewest(sets: readonly (readonly string[])[]): number {
  const [first, ...rest] = sets;
  if (first === undefined) return 0;
  const left = first.map((operator) => fewest(rest.filter((set) => !set.includes(operator))));
  return left.length === 0 ? fewest(rest) : 1 + Math.min(...left);
}

function counts({ vote }: Ballot): boolean {
  return vote.address !== undefined && vote.refused === undefined;
}

function networkPart(address: string): string {
  return ipaddr.IPv6.parse(address).parts.slice(0, 4).join(':');
}

function names(ballots: readonly Ballot[]): string {
  return ballots.map(({ vote }) => vote.voter).join(' and ');
}

function refusals(ballots: readonly Ballot[]): string {
  const refused = ballots.filter((ballot) => !counts(ballot));
  if (refused.length === 0) return '';
  return `; not counted: ${refused.map(({ vote }) => `${vote.voter} (${vote.refused ?? 'no address'})`).join(', ')}`;
}

function whyNobody(ballots: readonly Ballot[]): string {
  return ballots.length === 0
    ? 'there is no voter to ask'
    : `no voter gave an address that counts${refusals(ballots)}`;
}
