import type { Approvable } from '../domain/approvable.ts';
import { parseHostname } from '../domain/hostname.ts';
import { isRecordType } from '../domain/record.ts';
import type { Ledger } from '../ledger/ledger.ts';

/**
 * Why a person's word would delete nothing now. It is refused then, since one that is kept would delete at once when
 * the setting is another, long after somebody looked.
 */
export function approvalRefused(strategy: 'full' | 'upsert-only'): string | undefined {
  if (strategy === 'full') return undefined;
  return 'nothing was let through: STRATEGY is upsert-only: nothing is deleted; set STRATEGY to full first';
}

/**
 * Lets exactly these record ids through, once, and writes it into history. A ledger of another cluster counts as
 * this one's from then on: a person looked at what would go (and nobody did where nothing was chosen).
 * @param cluster '' where it may not be read
 * @returns why it failed
 */
export function recordApproval(
  ledger: Ledger,
  chosen: readonly Approvable[],
  cluster: string,
): string | undefined {
  const at = new Date().toISOString();
  const written = ledger.write((writer) => {
    writer.approve(chosen.map(({ recordId, zoneId, name, type }) => ({ recordId, zoneId, name, type, at })));
    if (chosen.length > 0) writer.setMeta('cluster', cluster);
    for (const { zone, name, type, content, kind, why } of chosen) {
      const host = parseHostname(name);
      const before =
        host.ok && isRecordType(type)
          ? { name: host.value, type, content, ttl: 'auto' as const, proxied: false }
          : undefined;
      writer.appendHistory({
        at,
        action: 'approve',
        zoneName: zone,
        name,
        type,
        before,
        after: undefined,
        reason: `${kind}: ${why}`,
        holder: '',
        outcome: 'done',
      });
    }
  });
  return written.ok ? undefined : written.error.message;
}
