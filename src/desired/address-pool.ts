import { parseAddress, type Address, type Family } from '../domain/address.ts';
import type { GatewayAddress } from '../domain/cluster.ts';
import { isWildcard, parseHostname, type Hostname } from '../domain/hostname.ts';
import { quoted } from '../domain/shown-text.ts';

/** The status addresses of a gateway, sorted by what they can become, in the order listed. */
export interface AddressPool {
  readonly addresses: Readonly<Record<Family, readonly Address[]>>;
  readonly hostnames: readonly Hostname[];
  /** What is listed and not used, each with its reason. */
  readonly notes: readonly string[];
}

export function addressPool(listed: readonly GatewayAddress[]): AddressPool {
  const addresses: Record<Family, Address[]> = { 4: [], 6: [] };
  const hostnames: Hostname[] = [];
  const notes: string[] = [];
  for (const { type, value } of listed) {
    if (type === 'IPAddress') {
      const address = parseAddress(value);
      if (address.ok) addresses[address.value.family].push(address.value);
      else notes.push(`address ${address.error}`);
    } else if (type === 'Hostname') {
      const hostname = parseHostname(value);
      if (hostname.ok && !isWildcard(hostname.value)) hostnames.push(hostname.value);
      else notes.push(`hostname address ${quoted(value)} is not usable as a target`);
    } else {
      notes.push(
        `address ${quoted(value)} has type ${type.length > 60 ? quoted(type) : type}; only IPAddress and Hostname are published`,
      );
    }
  }
  const hasAddress = addresses[4].length + addresses[6].length > 0;
  if (hasAddress && hostnames.length > 0) {
    notes.push(`hostname address ${hostnames.join(', ')} is not used: IP addresses are listed beside it`);
  } else if (new Set(hostnames).size > 1) {
    notes.push(`of the hostname addresses ${hostnames.join(', ')} one is published: a CNAME has one target`);
  }
  return { addresses, hostnames, notes };
}
