import { randomBytes } from 'node:crypto';
import { domainToASCII, domainToUnicode } from 'node:url';
import type { Plan } from './cloudflare-record.ts';

type ZoneType = 'full' | 'partial' | 'secondary' | 'internal';
type ZoneStatus = 'initializing' | 'pending' | 'active' | 'moved';

export interface ZoneOptions {
  /** Unicode or A-label. */
  readonly name: string;
  /** 32 hex digits; made up when absent. */
  readonly id?: string;
  /** `active` when absent. */
  readonly status?: ZoneStatus;
  /** `free` when absent. */
  readonly plan?: Plan;
  readonly type?: ZoneType;
  /** Records the zone may hold; 200 on Free, 3,500 otherwise, when absent. */
  readonly recordQuota?: number;
}

export interface ZoneState {
  readonly id: string;
  /** A-label; the API answers it in Unicode. */
  readonly name: string;
  readonly createdOn: string;
  status: ZoneStatus;
  plan: Plan;
  type: ZoneType;
  recordQuota: number;
}

const planNames: Record<Plan, string> = {
  free: 'Free Website',
  pro: 'Pro Website',
  business: 'Business Website',
  enterprise: 'Enterprise Website',
};

const account = { id: '0a5f1c3e9d7b2468ace013579bdf2468', name: 'Sandbox account' };

/** 32 lower-case hex digits, as Cloudflare's identifiers are. */
export function newIdentifier(): string {
  return randomBytes(16).toString('hex');
}

/** Lower-case A-label form without a final dot; text that is no domain stays as it is, lower-case. */
export function asciiName(name: string): string {
  const trimmed = name.trim().replace(/\.$/, '').toLowerCase();
  // oxlint-disable-next-line no-control-regex -- the range is what ASCII is
  return /^[\x00-\x7f]*$/.test(trimmed) ? trimmed : domainToASCII(trimmed) || trimmed;
}

export function makeZone(options: ZoneOptions, now: Date): ZoneState {
  const plan = options.plan ?? 'free';
  return {
    id: options.id ?? newIdentifier(),
    name: asciiName(options.name),
    createdOn: now.toISOString(),
    status: options.status ?? 'active',
    plan,
    type: options.type ?? 'full',
    recordQuota: options.recordQuota ?? (plan === 'free' ? 200 : 3500),
  };
}

/** Operations that one batch may hold (Free 200, paid 3,500). */
export function batchLimit(zone: ZoneState): number {
  return zone.plan === 'free' ? 200 : 3500;
}

/** The zone as the API answers it to a token with these permissions. */
export function describeZone(zone: ZoneState, permissions: readonly string[]) {
  return {
    id: zone.id,
    name: domainToUnicode(zone.name) || zone.name,
    status: zone.status,
    paused: false,
    type: zone.type,
    development_mode: 0,
    name_servers: ['ada.ns.cloudflare.com', 'bob.ns.cloudflare.com'],
    original_name_servers: null,
    original_registrar: null,
    original_dnshost: null,
    created_on: zone.createdOn,
    modified_on: zone.createdOn,
    activated_on: zone.status === 'active' ? zone.createdOn : null,
    meta: { step: 2, custom_certificate_quota: 0, page_rule_quota: 3, phishing_detected: false },
    owner: { ...account, type: 'organization' },
    account,
    permissions,
    plan: {
      id: '0feeeeeeeeeeeeeeeeeeeeeeeeeeeeee',
      name: planNames[zone.plan],
      price: 0,
      currency: 'USD',
      frequency: '',
      is_subscribed: zone.plan !== 'free',
      can_subscribe: false,
      legacy_id: zone.plan,
      legacy_discount: false,
      externally_managed: false,
    },
  };
}
