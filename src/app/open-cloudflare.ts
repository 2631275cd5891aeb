import { setTimeout as sleep } from 'node:timers/promises';
import { Cloudflare } from '../cloudflare/cloudflare.ts';
import type { Config } from '../config/config.ts';
import { diskFiles } from '../config/text-file.ts';
import { TokenSource } from '../config/token-source.ts';
import type { Telemetry } from './telemetry.ts';

/** Cloudflare's own calls end by then; a write without an answer can land until it has passed twice. */
export const CALL_DEADLINE_MS = 30_000;

/** Cloudflare with the token of the settings, told of in log and metrics. */
export function openCloudflare(
  { cloudflare }: Pick<Config, 'cloudflare'>,
  { secrets, happenings, metrics }: Telemetry,
  signal: AbortSignal,
): Cloudflare {
  const token = new TokenSource(cloudflare.token, diskFiles, (secret) => secrets.add(secret.reveal()));
  return new Cloudflare({
    baseUrl: cloudflare.baseUrl,
    token: () => token.current(),
    deadlineMs: CALL_DEADLINE_MS,
    now: Date.now,
    random: Math.random,
    signal,
    sleep: (ms, until) => sleep(ms, undefined, { signal: until }),
    onCall: ({ operation, status, ms }) =>
      happenings.cloudflareAnswered({
        operation,
        status: status === 'failed' ? undefined : status,
        ms,
        remaining: undefined,
      }),
    onBudget: (remaining) => {
      if (remaining !== undefined) metrics.budgetSeen(remaining);
    },
  });
}
