import ipaddr from 'ipaddr.js';
import type { Family } from '../domain/address.ts';

/** A network, `text` being its first address, a slash and the length. */
export interface Cidr {
  readonly family: Family;
  readonly text: string;
}

/** The first of the networks that holds the address, if one does. Both must have been parsed before. */
export function networkOf(address: string, cidrs: readonly Cidr[]): Cidr | undefined {
  const parsed = ipaddr.parse(address);
  return cidrs.find(({ text }) => {
    const [network, length] = ipaddr.parseCIDR(text);
    return network.kind() === parsed.kind() && parsed.match(network, length);
  });
}
