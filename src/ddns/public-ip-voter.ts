import type { Family } from '../domain/address.ts';
import { err, type Result } from '../domain/result.ts';
import { readAddress } from './answer.ts';
import { VOTE_DEADLINE_MS, whyAborted, withDeadline } from './deadline.ts';
import { castBy, type Voter } from './voter.ts';

/** What we use of the package. `timeout: 0` switches its own timer off. */
export interface PublicIp {
  readonly publicIpv4: (options: { onlyHttps: true; timeout: 0 }) => Promise<string>;
  readonly publicIpv6: (options: { onlyHttps: true; timeout: 0 }) => Promise<string>;
}

/**
 * The npm package `public-ip`, over HTTPS only: over DNS it believes forged answers. It asks icanhazip.com, which is
 * Cloudflare's, and ipify, and does not tell which of the two answered, so both stand as its operators.
 *
 * The package hands no signal to its requests: they go on when it gives up. So its own timer is off, ours is raced
 * against it, and it is not asked again before its promise has settled; else requests would pile up in an outage.
 * It is loaded on the first question, so that a program without `ddns` never pays for `fetch`.
 */
export function publicIpVoter(
  family: Family,
  load: () => Promise<PublicIp> = async () => import('public-ip'),
  deadlineMs = VOTE_DEADLINE_MS,
): Voter {
  const self = { name: 'public-ip', operator: ['cloudflare', 'ipify'] };
  let underWay = false;

  const question = async (): Promise<Result<string, string>> => {
    underWay = true;
    try {
      const { publicIpv4, publicIpv6 } = await load();
      const text = await (family === 4 ? publicIpv4 : publicIpv6)({ onlyHttps: true, timeout: 0 });
      return readAddress(text);
    } catch (error) {
      return err(`it found no address (${error instanceof Error ? error.name : 'unknown'})`);
    } finally {
      underWay = false;
    }
  };

  return {
    ...self,
    async ask(signal) {
      if (underWay) return castBy(self, err('its last question is still under way'));
      const bounded = withDeadline(signal, deadlineMs);
      if (bounded.aborted) return castBy(self, err(whyAborted(bounded)));
      const late = Promise.withResolvers<Result<string, string>>();
      const giveUp = (): void => late.resolve(err(whyAborted(bounded)));
      bounded.addEventListener('abort', giveUp, { once: true });
      try {
        return castBy(self, await Promise.race([question(), late.promise]));
      } finally {
        bounded.removeEventListener('abort', giveUp);
      }
    },
  };
}
