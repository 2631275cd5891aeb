import { parseAddress } from '../domain/address.ts';

/**
 * Whether a request's `Host` is a name that only this computer or this cluster can give us: an IP address, a name of
 * loopback, or a Service's. Any other name may be one that an attacker's page made to point here (DNS rebinding), so
 * that a browser inside the network would read the page out to it.
 */
export function isOwnHost(host: string | undefined): boolean {
  const name = nameIn(host ?? '');
  if (name === '') return false;
  if (parseAddress(name).ok) return true;
  // No public name is without a dot, and none ends in these: RFC 6761, RFC 6762.
  return !name.includes('.') || OWN_ENDS.some((end) => name.endsWith(end));
}

/** What `isOwnHost` lets through, for people. */
export const OWN_HOSTS =
  'localhost, an IP address, or the name of its Service (SERVICE, SERVICE.NAMESPACE.svc)';

const OWN_ENDS = ['.localhost', '.svc', '.svc.cluster.local'];

/** Without port, brackets and final dot, in lower case. */
function nameIn(host: string): string {
  const [, bracketed, plain] = /^(?:\[([0-9a-fA-F:.]+)\]|([\w.-]*))(?::[0-9]{1,5})?$/.exec(host) ?? [];
  return (bracketed ?? plain ?? '').toLowerCase().replace(/\.$/, '');
}
