import type { Config } from '../config/config.ts';
import { zoneText } from '../config/value-forms.ts';
import type { Settings } from '../controller/ports.ts';
import { CALL_DEADLINE_MS } from './open-cloudflare.ts';

/** A Free zone's limit, the least of any plan. https://developers.cloudflare.com/dns/manage-dns-records/how-to/batch-record-changes/ */
const BATCH_LIMIT = 200;

/** The settings that a pass works by. */
export function worldSettings({
  policy,
  kubernetes,
  cloudflare,
}: Pick<Config, 'policy' | 'kubernetes' | 'cloudflare'>): Settings {
  const { deleteDelayMs, maxDeletes, strategy, protectedNames, dryRun } = policy;
  return {
    deleteDelayMs,
    maxDeletes,
    strategy,
    protectedNames,
    dryRun,
    watchedKinds: kubernetes.sources,
    zones: cloudflare.zones?.map(zoneText),
    batchLimit: BATCH_LIMIT,
    callDeadlineMs: CALL_DEADLINE_MS,
  };
}
