import { readFileSync } from 'node:fs';
import { err, ok, type Result } from '../../src/domain/result.ts';

/** Where the suite for the adapter runs. */
export interface LiveSettings {
  readonly baseUrl: URL;
  readonly token: string;
  /** Lower-case, in A-labels. */
  readonly zoneName: string;
}

const CLOUDFLARE = 'https://api.cloudflare.com/client/v4';

/** The error is for people, names every setting that is missing or wrong, and never the token. */
export function readLiveSettings(
  environment: Readonly<Record<string, string | undefined>>,
): Result<LiveSettings, string> {
  const token = readToken(environment);
  const zoneName = (environment['ROUTEFLARE_LIVE_ZONE'] ?? '').trim().toLowerCase().replace(/\.$/, '');
  const address = environment['ROUTEFLARE_LIVE_BASE_URL'] ?? CLOUDFLARE;
  const wrong = [
    ...(token.ok ? [] : [token.error]),
    ...(/^([a-z0-9-]+\.)+[a-z0-9-]+$/.test(zoneName)
      ? []
      : [
          `ROUTEFLARE_LIVE_ZONE is ${JSON.stringify(zoneName)}; it must be the name of a zone, such as example.com`,
        ]),
    ...(mayReach(address) ? [] : ['ROUTEFLARE_LIVE_BASE_URL must be https, or http on 127.0.0.1']),
  ];
  if (!token.ok || wrong.length > 0) {
    return err(
      [
        'The live suite writes to a real zone of Cloudflare, so it runs only where it is told to:',
        ...wrong.map((each) => `- ${each}`),
        'See docs/cloudflare-double.md.',
      ].join('\n'),
    );
  }
  return ok({ baseUrl: new URL(address), token: token.value, zoneName });
}

function readToken(environment: Readonly<Record<string, string | undefined>>): Result<string, string> {
  const file = environment['ROUTEFLARE_LIVE_TOKEN_FILE'];
  if (environment['ROUTEFLARE_LIVE_TOKEN'] !== undefined && file !== undefined) {
    return err('ROUTEFLARE_LIVE_TOKEN and ROUTEFLARE_LIVE_TOKEN_FILE are both set; one is enough');
  }
  let token = environment['ROUTEFLARE_LIVE_TOKEN'] ?? '';
  if (file !== undefined) {
    try {
      token = readFileSync(file, 'utf8');
    } catch {
      return err(`ROUTEFLARE_LIVE_TOKEN_FILE names ${file}, which cannot be read`);
    }
  }
  return token.trim() === ''
    ? err(
        'ROUTEFLARE_LIVE_TOKEN, or ROUTEFLARE_LIVE_TOKEN_FILE, must give a token with DNS Edit and Zone Read',
      )
    : ok(token.trim());
}

function mayReach(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && hostname === '127.0.0.1');
}
