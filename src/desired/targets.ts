import { parseAddress, unpublishable, type Family } from '../domain/address.ts';
import type { PublishingMode } from '../domain/claim.ts';
import type { EgressState } from '../domain/egress.ts';
import type { Hostname } from '../domain/hostname.ts';
import type { RecordType } from '../domain/record.ts';
import { unreachable } from '../domain/result.ts';
import type { AddressPool } from './address-pool.ts';
import type { SourceSettings } from './annotations.ts';

/** The contents of one record set, or why there are none. `frozen`: what is written cannot be used. */
export type Target =
  | { readonly kind: 'contents'; readonly contents: readonly string[] }
  | { readonly kind: 'pending' | 'frozen'; readonly why: string };

export interface TargetCase {
  readonly name: Hostname;
  readonly type: RecordType;
  readonly mode: PublishingMode;
  readonly settings: SourceSettings;
  readonly pool: AddressPool | undefined;
  readonly egress: ReadonlyMap<Family, EgressState>;
  /** What is published under the name and type now; it stays while it is still among the choices. */
  readonly published: () => readonly string[];
}

export function targetOf(at: TargetCase): Target {
  switch (at.mode) {
    case 'static':
      return staticTarget(at);
    case 'ddns':
      return egressTarget(at);
    case 'gateway-address':
      return at.type === 'CNAME' ? hostnameTarget(at) : addressTarget(at, familyOf(at.type));
    default:
      return unreachable(at.mode);
  }
}

function familyOf(type: 'A' | 'AAAA'): Family {
  return type === 'A' ? 4 : 6;
}

function staticTarget({ name, type, settings }: TargetCase): Target {
  const { content } = settings;
  if (content === undefined || !content.ok) {
    return { kind: 'frozen', why: `routeflare/content cannot be used: ${content?.error ?? 'it is missing'}` };
  }
  const value = content.value;
  if (value.kind === 'hostname') {
    if (type !== 'CNAME')
      return pending(`the content ${value.hostname} is a hostname and gives no ${type} record`);
    if (value.hostname === name) {
      return { kind: 'frozen', why: `routeflare/content: "${value.hostname}" is the name itself` };
    }
    return contents([value.hostname]);
  }
  if (type === 'CNAME') return pending('the content is an IP address and gives no CNAME record');
  const addresses = type === 'A' ? value.v4 : value.v6;
  return addresses.length > 0 ? contents(addresses) : pending(`the content has no address for ${type}`);
}

function egressTarget({ type, settings, egress }: TargetCase): Target {
  if (type === 'CNAME') return pending('an egress address gives no CNAME record');
  const family = familyOf(type);
  const state = egress.get(family);
  if (state === undefined) return pending(`the egress IPv${family} address is not known yet`);
  if (state.status !== 'confirmed') {
    const why = 'why' in state ? `: ${state.why}` : '';
    return pending(`the egress IPv${family} address is ${state.status}${why}`);
  }
  const address = parseAddress(state.address);
  const why = address.ok ? unpublishable(address.value, settings.proxied.value) : address.error;
  return why === undefined ? contents([state.address]) : pending(`egress address: ${why}`);
}

function addressTarget({ type, settings, pool, published }: TargetCase, family: Family): Target {
  const listed = pool?.addresses[family] ?? [];
  if (listed.length === 0) return pending(`the gateway lists ${missing(type, pool)}`);
  const refusals: string[] = [];
  const usable: string[] = [];
  for (const address of listed) {
    const why = unpublishable(address, settings.proxied.value);
    if (why === undefined) usable.push(address.text);
    else refusals.push(why);
  }
  const [first] = usable;
  if (first === undefined) {
    const isUnproxied = listed.some((address) => unpublishable(address, false) === undefined);
    const mend = isUnproxied ? ' (routeflare/proxied: "false" would publish it)' : '';
    return pending(`gateway address: ${refusals.join('; ')}${mend}`);
  }
  if (settings.addresses === 'all') return contents([...new Set(usable)]);
  return contents([stickyChoice(usable, published) ?? first]);
}

function missing(type: RecordType, pool: AddressPool | undefined): string {
  if (pool === undefined) return 'no address';
  if (pool.hostnames.length > 0) return `only a hostname, which gives no ${type} record`;
  const others = pool.addresses[4].length + pool.addresses[6].length > 0;
  const family = type === 'A' ? 'IPv4' : 'IPv6';
  const notes = pool.notes.length > 0 ? ` (${pool.notes.join('; ')})` : '';
  return others ? `no ${family} address${notes}` : `no address${notes}`;
}

function hostnameTarget({ name, pool, published }: TargetCase): Target {
  const hostnames = pool?.hostnames ?? [];
  const [first] = hostnames;
  if (first === undefined)
    return pending('the gateway lists no hostname, and an IP address gives no CNAME record');
  if ((pool?.addresses[4].length ?? 0) + (pool?.addresses[6].length ?? 0) > 0) {
    return pending('the gateway lists IP addresses, which go before its hostname and give no CNAME record');
  }
  const chosen = stickyChoice(hostnames, published) ?? first;
  return chosen === name
    ? pending(`the gateway's hostname ${chosen} is the name itself`)
    : contents([chosen]);
}

function stickyChoice<T extends string>(
  choices: readonly T[],
  published: () => readonly string[],
): T | undefined {
  if (choices.length === 1) return choices[0];
  const present = published();
  return choices.find((each) => present.includes(each));
}

function contents(texts: readonly string[]): Target {
  return { kind: 'contents', contents: texts };
}

function pending(why: string): Target {
  return { kind: 'pending', why };
}
