import { deriveDesired, type DesiredInput } from '../src/desired/desired.ts';
import type { Claim } from '../src/domain/claim.ts';
import type { KindView, ParentRef, SourceObject } from '../src/domain/cluster.ts';
import { parseHostname, type Hostname } from '../src/domain/hostname.ts';
import { known } from '../src/domain/observation.ts';
import { formatComment, type Identity } from '../src/domain/owner.ts';
import type { ActualRecord } from '../src/domain/record.ts';
import type { Zone } from '../src/domain/zone.ts';
import { viewOfZone } from '../src/plan/actual.ts';
import type { PlanInput } from '../src/plan/plan.ts';
import { hostOf, NAMESPACE, ZONE } from './manifests.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const AT = new Date(NOW).toISOString();
const ADDRESS = '198.51.100.1';
const IDENTITY: Identity = {
  owner: 'routeflare-0a1b2c3d',
  cluster: '0a1b2c3d',
  formerOwners: ['routeflare'],
};
const THE_ZONE: Zone = { id: 'f'.repeat(32), name: ZONE, status: 'active' };
const PARENT: ParentRef = {
  group: 'gateway.networking.k8s.io',
  kind: 'Gateway',
  namespace: 'infra',
  name: 'public',
  sectionName: undefined,
  port: undefined,
};

export interface SyntheticWorld {
  readonly derive: DesiredInput;
  /** With the zone listed for this plan. */
  readonly listed: PlanInput;
  /** With the ledger alone, as after a change in the cluster. */
  readonly unread: PlanInput;
}

/** As many routes as records wanted, one host each; `published` says whether their records are there already. */
export function syntheticWorld(count: number, published: boolean): SyntheticWorld {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const routes = new Map(numbers.map((index) => [`${NAMESPACE}/app-${index}`, routeAt(index)] as const));
  const claims = published ? numbers.map(claimAt) : [];
  const records = published ? numbers.map(recordAt) : [];
  const derive: DesiredInput = {
    cluster: {
      sources: { HTTPRoute: view(routes) },
      gateways: view(new Map([['infra/public', gateway]])),
      namespaces: view(new Map()),
      watchedNamespaces: undefined,
    },
    egress: new Map(),
    zones: known([THE_ZONE]),
    claims,
    protectedNames: [],
    watchedKinds: new Set(['HTTPRoute']),
  };
  const plan = (listed: boolean): PlanInput => ({
    zone: THE_ZONE,
    desired: deriveDesired(derive),
    actual: listed ? viewOfZone(records) : { at: () => undefined, byId: () => undefined, all: undefined },
    claims,
    identity: IDENTITY,
    limits: {
      now: NOW,
      deleteDelayMs: 30_000,
      strategy: 'full',
      held: new Map(),
      unjudged: false,
      approved: new Set(),
    },
    protectedBy: () => undefined,
    remembered: () => undefined,
  });
  return { derive, listed: plan(true), unread: plan(false) };
}

const gateway = {
  namespace: 'infra',
  name: 'public',
  deleting: false,
  annotations: {},
  listeners: [
    {
      name: 'https',
      hostname: undefined,
      port: 443,
      protocol: 'HTTPS',
      allowedNamespaces: { from: 'All', selector: undefined },
      allowedKinds: undefined,
    },
  ],
  addresses: [{ type: 'IPAddress', value: ADDRESS }],
};

function view<T>(objects: ReadonlyMap<string, T>): KindView<T> {
  return { trust: { kind: 'current' }, objects, present: (key) => objects.has(key) };
}

function nameAt(index: number): Hostname {
  const parsed = parseHostname(hostOf(index));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

function routeAt(index: number): SourceObject {
  return {
    kind: 'HTTPRoute',
    namespace: NAMESPACE,
    name: `app-${index}`,
    uid: `uid-${index}`,
    generation: 1,
    createdAt: '2026-01-01T00:00:00Z',
    deleting: false,
    selected: true,
    annotations: { 'content-mode': 'gateway-address' },
    hostnames: [hostOf(index)],
    parentRefs: [PARENT],
    parentStatuses: [
      {
        ref: PARENT,
        controllerName: 'example.net/gateway',
        accepted: 'True',
        reason: 'Accepted',
        observedGeneration: 1,
      },
    ],
    addresses: [],
  };
}

function holderAt(index: number) {
  return { kind: 'HTTPRoute', namespace: NAMESPACE, name: `app-${index}` } as const;
}

function idAt(index: number): string {
  return index.toString(16).padStart(32, '0');
}

function claimAt(index: number): Claim {
  return {
    zoneId: THE_ZONE.id,
    zoneName: THE_ZONE.name,
    recordId: idAt(index),
    holder: holderAt(index),
    via: { kind: 'Gateway', namespace: 'infra', name: 'public' },
    mode: 'gateway-address',
    cluster: IDENTITY.cluster,
    ttlWritten: false,
    proxiedWritten: false,
    adopted: false,
    state: 'active',
    stateReason: '',
    doomedAt: undefined,
    createdAt: AT,
    updatedAt: AT,
    verifiedAt: AT,
    name: nameAt(index),
    type: 'A',
    content: ADDRESS,
    ttl: 'auto',
    proxied: false,
  };
}

function recordAt(index: number): ActualRecord {
  const fit = formatComment('', IDENTITY, holderAt(index));
  return {
    id: idAt(index),
    zoneId: THE_ZONE.id,
    name: nameAt(index),
    type: 'A',
    content: ADDRESS,
    ttl: 'auto',
    proxied: false,
    comment: fit.ok ? fit.comment : '',
    readOnly: false,
  };
}
