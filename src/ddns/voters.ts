import type { Family } from '../domain/address.ts';
import { ok, type Result } from '../domain/result.ts';
import { readAnswer, type AnswerFormat } from './answer.ts';
import { VOTE_DEADLINE_MS, withDeadline } from './deadline.ts';
import { askEcho } from './echo-request.ts';
import { firstAnswer } from './hedge.ts';
import { publicIpVoter } from './public-ip-voter.ts';
import { castBy, type Voter } from './voter.ts';

interface EchoService {
  readonly name: string;
  readonly operator: string;
  readonly format: AnswerFormat;
  /** Per family, its hosts: the later ones are asked when the first is slow or fails. None: it has no such family. */
  readonly urls: Readonly<Record<Family, readonly string[]>>;
}

/**
 * The services that are asked unless the settings name others; three operators a family, and `public-ip` beside them.
 * - Cloudflare's trace, at the API's own host, which must be reachable anyhow, and at its resolver's.
 * - ipify (https://www.ipify.org): no limits, no logs; a host a family.
 * - Amazon's check (named in the EC2 user guide) has IPv4 only; IPinfo's `v6` host IPv6 only, 1,000 questions a day
 *   (https://community.ipinfo.io/t/how-our-api-works-on-ipv4-and-ipv6-connection/6909), where we ask 288.
 */
const SERVICES: readonly EchoService[] = [
  {
    name: 'cloudflare-trace',
    operator: 'cloudflare',
    format: 'trace',
    urls: {
      4: ['https://api.cloudflare.com/cdn-cgi/trace', 'https://one.one.one.one/cdn-cgi/trace'],
      6: ['https://api.cloudflare.com/cdn-cgi/trace', 'https://one.one.one.one/cdn-cgi/trace'],
    },
  },
  {
    name: 'ipify',
    operator: 'ipify',
    format: 'text',
    urls: { 4: ['https://api.ipify.org/'], 6: ['https://api6.ipify.org/'] },
  },
  {
    name: 'aws-checkip',
    operator: 'amazon',
    format: 'text',
    urls: { 4: ['https://checkip.amazonaws.com/'], 6: [] },
  },
  {
    name: 'ipinfo',
    operator: 'ipinfo',
    format: 'text',
    urls: { 4: [], 6: ['https://v6.ipinfo.io/ip'] },
  },
];

/** The voters of a family when the settings name none. */
export function builtInVoters(family: Family): readonly Voter[] {
  return [
    ...SERVICES.filter(({ urls }) => urls[family].length > 0).map(({ name, operator, format, urls }) =>
      echoVoter({
        name,
        operator: [operator],
        family,
        format,
        urls: urls[family].map((url) => new URL(url)),
      }),
    ),
    publicIpVoter(family),
  ];
}

/**
 * The voters of `DDNS_IPV4_VOTERS` or `DDNS_IPV6_VOTERS`: each answers plain text or a trace, its host (with the port)
 * is its operator and its name, since the rest of the URL may hold a secret.
 */
export function urlVoters(
  family: Family,
  urls: readonly URL[],
  deadlineMs = VOTE_DEADLINE_MS,
): readonly Voter[] {
  const seen = new Map<string, number>();
  return urls.map((url) => {
    const count = (seen.get(url.host) ?? 0) + 1;
    seen.set(url.host, count);
    const name = count === 1 ? url.host : `${url.host} (${count})`;
    return echoVoter({ name, operator: [url.host], family, format: 'either', urls: [url], deadlineMs });
  });
}

export interface EchoVoterOptions {
  readonly name: string;
  readonly operator: readonly string[];
  readonly family: Family;
  readonly format: AnswerFormat;
  /** Hosts of one operator, hedged. */
  readonly urls: readonly URL[];
  readonly deadlineMs?: number;
  readonly hedgeMs?: number;
}

/** A voter that asks an echo service over HTTP. The first body that arrives is the one that is judged. */
export function echoVoter(options: EchoVoterOptions): Voter {
  const { name, operator, family, format, urls, deadlineMs = VOTE_DEADLINE_MS, hedgeMs = 1_000 } = options;
  return {
    name,
    operator,
    async ask(signal) {
      const attempts = urls.map(
        (url) =>
          async (stop: AbortSignal): Promise<Result<{ url: URL; body: string }, string>> => {
            const answer = await askEcho(url, family, stop);
            return answer.ok ? ok({ url, body: answer.value }) : answer;
          },
      );
      const first = await firstAnswer(attempts, hedgeMs, withDeadline(signal, deadlineMs));
      return castBy(
        { name, operator },
        first.ok ? readAnswer(first.value.body, format, first.value.url) : first,
      );
    },
  };
}
