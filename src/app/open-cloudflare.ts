import { setTimeout as sleep } from 'node:timers/promises';
import { Cloudflare } from '../cloudflare/cloudflare.ts';
import type { Config } from '../config/config.ts';
import { diskFiles } from '../config/text-file.ts';
import { TokenSource } from '../config/token-source.ts';
import type { Circuit } from '../controller/circuit.ts';
import { GuardedRecords } from '../controller/guarded-records.ts';
import { SYSTEM_CLOCK } from './system-clock.ts';
import type { Telemetry } from './telemetry.ts';

/** Cloudflare's own calls end by then, and so does the wait for their turn. */
export const CALL_DEADLINE_MS = 30_000;
/** How often a refused token's file is looked at. */
const LOOK_MS = 2_000;

const MEND =
  'Make one with the permissions Zone:Read and DNS:Edit for your zones, and put it where CLOUDFLARE_API_TOKEN_FILE or CLOUDFLARE_API_TOKEN points';

export interface TokenHooks {
  /** The zones are to be asked for in so many milliseconds, to see whether the token is taken again. */
  readonly probe: (inMs: number) => void;
  /** The token is taken again. */
  readonly mended: () => void;
}

export interface OpenCloudflare {
  readonly records: GuardedRecords;
  readonly close: () => Promise<void>;
}

/** Cloudflare with the token of the settings, behind its circuit; told of in log, metrics and health. */
export function openCloudflare(
  { cloudflare }: Pick<Config, 'cloudflare'>,
  { secrets, happenings, metrics, health, board }: Telemetry,
  signal: AbortSignal,
  hooks: TokenHooks,
): OpenCloudflare {
  const token = new TokenSource(cloudflare.token, diskFiles, (secret) => secrets.add(secret.reveal()));
  const tellFile = (): void => {
    const { problem } = token;
    const message = `${problem ?? ''}. The token that it held before is used on; when Cloudflare takes that no more, nothing is written. ${MEND}`;
    board.update('token file', problem === undefined ? [] : [{ reason: 'TokenRefused', message }]);
  };
  const adapter = new Cloudflare({
    baseUrl: cloudflare.baseUrl,
    token: () => {
      const text = token.current();
      tellFile();
      return text;
    },
    deadlineMs: CALL_DEADLINE_MS,
    now: SYSTEM_CLOCK.steady,
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
  let looking: NodeJS.Timeout | undefined;
  const stopLooking = (): void => {
    clearInterval(looking);
    looking = undefined;
  };
  const look = (): void => {
    const isNew = token.refresh();
    tellFile();
    if (!isNew) return;
    records.tokenRenewed();
    hooks.probe(0);
  };
  const onChange = ({ verdict, why, probeAt }: Pick<Circuit, 'verdict' | 'why' | 'probeAt'>): void => {
    if (verdict === 'accepted') {
      health.met('token accepted');
      board.update('token', []);
      stopLooking();
      hooks.mended();
      return;
    }
    const message = `Cloudflare refuses the token: ${why ?? ''}. Nothing is written until it takes it. ${MEND}`;
    const inMs = Math.max(1, (probeAt ?? 0) - SYSTEM_CLOCK.steady());
    const next =
      probeAt === undefined
        ? ''
        : ` It is asked again at ${new Date(SYSTEM_CLOCK.now() + inMs).toISOString()}, and when the token's file changes.`;
    health.unmet('token accepted', `${message}.${next}`);
    board.update('token', [{ reason: 'TokenRefused', message }]);
    if (probeAt === undefined) return;
    looking ??= setInterval(look, LOOK_MS).unref();
    hooks.probe(inMs);
  };
  const records = new GuardedRecords(adapter, { now: SYSTEM_CLOCK.steady, onChange });
  return {
    records,
    close: () => {
      stopLooking();
      return adapter[Symbol.asyncDispose]();
    },
  };
}
