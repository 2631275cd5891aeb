import { parseAddress } from '../domain/address.ts';
import { parseHostname } from '../domain/hostname.ts';
import { err, ok, type Result } from '../domain/result.ts';

/** Where a server listens. No `host` is every address; port 0 lets the system choose. */
export interface ListenAddress {
  readonly host: string | undefined;
  readonly port: number;
}

/** Parses `:PORT`, `HOST:PORT` or `[IPV6]:PORT`. */
export function parseListenAddress(raw: string): Result<ListenAddress, string> {
  const wrong = (why: string): Result<never, string> =>
    err(`"${raw}" is not an address to listen on: ${why}; allowed are :8080, 127.0.0.1:8080 or [::1]:8080`);
  const text = raw.trim();
  const colon = text.lastIndexOf(':');
  if (colon === -1) return wrong('it has no port');
  const portText = text.slice(colon + 1);
  const port = Number(portText);
  if (!/^\d{1,5}$/.test(portText) || port > 65_535) return wrong(`"${portText}" is not a port`);
  const host = text.slice(0, colon);
  if (host === '') return ok({ host: undefined, port });
  const bracketed = /^\[(.+)\]$/.exec(host)?.[1];
  const address = parseAddress(bracketed ?? host);
  if (address.ok) {
    if ((address.value.family === 6) !== (bracketed !== undefined)) {
      return wrong('an IPv6 address, and only that, stands in brackets');
    }
    return ok({ host: address.value.text, port });
  }
  const name = bracketed === undefined ? parseHostname(host) : address;
  return name.ok && typeof name.value === 'string'
    ? ok({ host: name.value, port })
    : wrong(`"${host}" is neither an IP address nor a name`);
}

export function formatListenAddress({ host, port }: ListenAddress): string {
  return `${host === undefined ? '' : host.includes(':') ? `[${host}]` : host}:${port}`;
}
