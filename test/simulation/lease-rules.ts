import type { RecordWrite } from '../../src/domain/write.ts';
import type { SentBatch } from './sent-batch.ts';
import { writeText } from './watched-records.ts';

/** A holder that has not renewed for so long writes nothing, and an API server is away when it was for so long. */
const DEADLINE_MS = 10_000;
/** What a person did to the Lease, its holder learns of at its next renewal. */
const UNNOTICED_MS = 10_000;

type May =
  | { readonly kind: 'all' | 'all, asking nobody' | 'all, guarded by nothing' | 'own-ddns' }
  | { readonly kind: 'none'; readonly why: string };

/** Says of a batch whether its writer held the Lease as it left, and since before it was planned. */
export function judgeWriter(batch: SentBatch): void {
  const may = mayWrite(batch);
  batch.lab.coverage.hit('sent with a permit for', may.kind);
  if (may.kind.startsWith('all')) return;
  for (const write of batch.writes) {
    if (may.kind === 'own-ddns' && keepsDdns(batch, write)) continue;
    const why =
      may.kind === 'none' ? may.why : 'the API server is away, and it is no record that follows ddns';
    batch.lab.fail('one writer', `${writeText(write)} in ${batch.zone.name}: ${why}`);
  }
}

function mayWrite({ lab, lease: line, plannedAt }: SentBatch): May {
  if (line === undefined) return { kind: 'all, asking nobody' };
  const { lease, renewedAt, awaySince, unguardedUntil, me } = line;
  const now = lab.clock.elapsed;
  if (now < unguardedUntil) return { kind: 'all, guarded by nothing' };
  if (renewedAt === undefined) return { kind: 'none', why: 'it does not hold the Lease' };
  if (now - renewedAt < DEADLINE_MS) {
    if (!lease.heldByAnother(me, plannedAt) || now - lease.meddledAt <= UNNOTICED_MS) return { kind: 'all' };
    return { kind: 'none', why: 'somebody else has held the Lease since it was planned' };
  }
  if (awaySince !== undefined && now - awaySince >= DEADLINE_MS) return { kind: 'own-ddns' };
  return { kind: 'none', why: `its Lease was renewed ${now - renewedAt} ms ago` };
}

/** Only brings a record of ours to another content, by its id. */
function keepsDdns({ rows }: SentBatch, write: RecordWrite): boolean {
  if (write.kind !== 'update' || write.name !== undefined) return false;
  const row = rows.get(write.id);
  return row !== undefined && row.mode === 'ddns' && row.state !== 'released' && row.state !== 'left';
}
