import ipaddr from 'ipaddr.js';
import { parseAddress, type Family } from './address.ts';
import { err, ok, type Result } from './result.ts';

/** A network. `text` is canonical: its first address, a slash and the length. */
export interface Cidr {
  readonly family: Family;
  readonly text: string;
}

/** Parses `ADDRESS/LENGTH`. Host bits are refused, since they show that another network was meant. */
export function parseCidr(raw: string): Result<Cidr, string> {
  const wrong = (why: string): Result<never, string> =>
    err(`"${raw}" is not a network: ${why}; allowed are networks such as 198.51.100.0/24 or 2001:db8::/32`);
  const text = raw.trim();
  const slash = text.indexOf('/');
  const address = parseAddress(slash === -1 ? text : text.slice(0, slash));
  if (!address.ok) return wrong('it does not begin with an IP address');
  const { family } = address.value;
  if (slash === -1) return wrong(`it has no length (one address is ${text}/${family === 4 ? 32 : 128})`);
  const length = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(length) || Number(length) > (family === 4 ? 32 : 128)) {
    return wrong(`"${length}" is not a length for IPv${family}`);
  }
  const canonical = `${address.value.text}/${Number(length)}`;
  const first =
    family === 4
      ? ipaddr.IPv4.networkAddressFromCIDR(canonical).toString()
      : ipaddr.IPv6.networkAddressFromCIDR(canonical).toRFC5952String();
  if (first !== address.value.text) {
    return wrong(`it has bits beyond its length; the network is ${first}/${Number(length)}`);
  }
  return ok({ family, text: canonical });
}

/** The first of the networks that holds the address, if one does. Both must have been parsed before. */
export function networkOf(address: string, cidrs: readonly Cidr[]): Cidr | undefined {
  const parsed = ipaddr.parse(address);
  return cidrs.find(({ text }) => {
    const [network, length] = ipaddr.parseCIDR(text);
    return network.kind() === parsed.kind() && parsed.match(network, length);
  });
}
