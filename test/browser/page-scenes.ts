import { CLAIM_STATES } from '../../src/domain/claim.ts';
import type { EgressState } from '../../src/domain/egress.ts';
import type { PageFacts } from '../../src/telemetry/page-facts.ts';
import { aClaim, anEntry, someFacts } from '../telemetry/page-fixture.ts';

const TUNNEL = '6ff42ae2-765d-4adf-8112-31c55c1551ef.cfargotunnel.com';
const LONG = 'a-rather-long-name-of-a-service-that-somebody-gave.in-a-deep.part.of.the.tree.example.com';
/** The longest name that there can be: 253 characters, with a label of 63. */
const LONGEST = `${'x'.repeat(63)}.${'y'.repeat(63)}.${'z'.repeat(63)}.${'w'.repeat(49)}.example.com`;

const route = (name: string, namespace = 'apps') => ({ kind: 'HTTPRoute' as const, namespace, name });

const CONFIRMED: EgressState = {
  family: 4,
  status: 'confirmed',
  address: '203.0.113.7',
  confirmedAt: '2026-03-04T11:58:00.000Z',
  voters: ['Cloudflare', 'icanhazip'],
  votes: [
    { voter: 'https://one.one.one.one/cdn-cgi/trace', operator: 'Cloudflare', address: '203.0.113.7' },
    { voter: 'https://ipv4.icanhazip.com/', operator: 'icanhazip', address: '203.0.113.7' },
    { voter: 'https://api.ipify.org/', operator: 'ipify', refused: 'no answer within 3 s' },
  ],
};

const CONFLICT: EgressState = {
  family: 6,
  status: 'conflict',
  addresses: ['2001:db8:4006:812:1c2d:3e4f:5061:7283', '2001:db8:ffff:812:1c2d:3e4f:5061:7283'],
  why: 'two addresses have a quorum each',
  votes: [
    {
      voter: 'https://[2606:4700:4700::1111]/cdn-cgi/trace',
      operator: 'Cloudflare',
      address: '2001:db8:4006:812:1c2d:3e4f:5061:7283',
    },
    { voter: 'https://ipv6.example/', operator: 'ipv6.example', refused: '192.0.2.1 is no IPv6 address' },
  ],
};

/** Nothing yet: no record, no problem, no address that is used. */
export const EMPTY: PageFacts = someFacts();

/** Something of everything that a person may have to look at, with texts as long as they get. */
export const TROUBLE: PageFacts = someFacts({
  claims: [
    ...CLAIM_STATES.map((state, at) =>
      aClaim(`${state}.example.com`, {
        state,
        stateReason: state === 'active' ? '' : `why it is ${state}, in a sentence of usual length`,
        holder: route(`app-${at}`),
      }),
    ),
    aClaim('blog.example.com', { holder: route('blog') }),
    aClaim('tunnel.example.com', { type: 'CNAME', content: TUNNEL, mode: 'static', holder: route('tunnel') }),
    aClaim('six.example.com', { type: 'AAAA', content: '2001:db8:4006:812:1c2d:3e4f:5061:7283' }),
    aClaim('manual.example.com', { ttl: 300, proxied: false, holder: undefined }),
    aClaim(LONG, { holder: route('a-rather-long-name-of-a-service', 'a-rather-long-namespace') }),
    aClaim(LONGEST),
    aClaim('*.wild.example.com'),
  ],
  problems: [
    {
      reason: 'RecordConflict',
      message:
        'www.example.com A is held by a record of owner "external-dns": nothing is written. To take it over, add external-dns to FORMER_OWNER_IDS',
      source: route('www'),
      zone: 'example.com',
      name: 'www.example.com',
      type: 'A',
    },
    {
      reason: 'InvalidAnnotation',
      message: 'routeflare/ttl is "soon": allowed are auto, or seconds from 60 to 86400',
      source: route('blog'),
    },
    {
      reason: 'TokenRefused',
      message: 'Cloudflare refused the token for listing zones: HTTP 401 (code 10000): Authentication error',
    },
    { reason: 'NotReady', message: 'no backend has a ready endpoint', name: LONGEST, zone: 'example.com' },
  ],
  waiting: [
    {
      kind: 'held',
      recordId: 'r1',
      zoneId: 'z1',
      zone: 'example.com',
      name: 'held.example.com',
      type: 'A',
      content: '203.0.113.7',
      why: '6 of 8 managed records would be deleted together, more than MAX_DELETES (5) and more than half',
    },
    {
      kind: 'orphan',
      recordId: 'r2',
      zoneId: 'z1',
      zone: 'example.com',
      name: LONG,
      type: 'CNAME',
      content: TUNNEL,
      why: 'its marker names the cluster 9f8e7d6c',
    },
  ],
  egress: [CONFIRMED, CONFLICT],
  entries: [
    anEntry('blog.example.com'),
    anEntry('new.example.com', { action: 'create', before: undefined, reason: 'the route asks for it' }),
    anEntry('gone.example.com', { action: 'delete', after: undefined, reason: 'its holder is gone' }),
    anEntry(LONG, { outcome: 'refused: HTTP 400 (code 81053): an A, AAAA or CNAME record already exists' }),
  ],
});

/** A homelab of `count` records in which all is well. */
export function wellWith(count: number): PageFacts {
  return someFacts({
    claims: Array.from({ length: count }, (_, at) =>
      aClaim(`app-${String(at).padStart(5, '0')}.example.com`, {
        holder: route(`app-${at}`),
        content: `203.0.113.${at % 250}`,
      }),
    ),
    egress: [CONFIRMED, { family: 6, status: 'disabled', votes: [] }],
    entries: Array.from({ length: 50 }, (_, at) => anEntry(`app-${String(at).padStart(5, '0')}.example.com`)),
  });
}
