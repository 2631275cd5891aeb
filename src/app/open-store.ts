import { existsSync } from 'node:fs';
import type { LedgerPort } from '../controller/ports.ts';
import type { ConfirmedEgress } from '../domain/egress.ts';
import type { Identity } from '../domain/owner.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { Ledger } from '../ledger/ledger.ts';
import { quarantine } from '../ledger/quarantine.ts';
import type { Remembered } from './identity.ts';
import { LedgerStore, PassingLedger } from './ledger-store.ts';
import type { Telemetry } from './telemetry.ts';

/** The ledger as the app holds it: written, or with DRY_RUN only read, if it is there at all. */
export interface Store {
  readonly port: LedgerPort;
  /** `undefined` with DRY_RUN when there is no ledger. */
  readonly ledger: Ledger | undefined;
  remembered(): Remembered;
  /** Notes who writes from now on; the cluster not, while the ledger is another cluster's. Answers why it failed. */
  remember(identity: Identity, otherCluster: boolean): string | undefined;
  egress(): readonly ConfirmedEgress[];
  keepEgress(row: ConfirmedEgress): void;
  close(): void;
}

/**
 * Opens the ledger. A corrupt one is moved aside only when `unreadable` says that nothing keeps the markers from
 * being read, since it is made again from them. `telemetry` hears of every write that the ledger refuses.
 */
export async function openStore(
  path: string,
  dryRun: boolean,
  telemetry: Telemetry,
  unreadable: () => Promise<string | undefined>,
): Promise<Result<Store, string>> {
  const { log } = telemetry;
  if (dryRun) return openDry(path);
  let opened = Ledger.open({ path, mode: 'write' });
  if (!opened.ok && opened.error.kind === 'corrupt') {
    const why = await unreadable();
    if (why !== undefined)
      return err(
        `${opened.error.message} It was left where it is, because the markers cannot be read now: ${why}`,
      );
    const moved = quarantine(path, new Date());
    if (!moved.ok) return err(moved.error.message);
    log.error(
      { ledger: path, movedTo: moved.value, why: opened.error.message },
      'the ledger was corrupt: moved aside, and made again from the markers in Cloudflare',
    );
    opened = Ledger.open({ path, mode: 'write' });
  }
  if (!opened.ok) return err(opened.error.message);
  const ledger = opened.value;
  if (ledger.network !== undefined) {
    log.warn(
      { ledger: path, fileSystem: ledger.network },
      'the ledger lies on a network file system: its locks may not keep a second controller away, and each write is slower. A disk of the node is better',
    );
  }
  return ok({
    port: new LedgerStore(ledger, (problem) => telemetry.ledgerWritten(problem)),
    ledger,
    remembered: () => rememberedBy(ledger),
    remember: (identity, otherCluster) => {
      const written = ledger.write((writer) => {
        writer.setMeta('owner', identity.owner);
        if (!otherCluster && identity.cluster !== '') writer.setMeta('cluster', identity.cluster);
      });
      return written.ok ? undefined : written.error.message;
    },
    egress: () => ledger.read.egress(),
    keepEgress: (row) => {
      const written = ledger.write((writer) => writer.putEgress(row));
      if (!written.ok)
        log.error({ why: written.error.message }, 'the egress address could not be kept in the ledger');
    },
    close: () => ledger.close(),
  });
}

function openDry(path: string): Result<Store, string> {
  let ledger: Ledger | undefined;
  if (existsSync(path)) {
    const opened = Ledger.open({ path, mode: 'read-only' });
    if (!opened.ok) return err(opened.error.message);
    ledger = opened.value;
  }
  return ok({
    port: new PassingLedger(ledger),
    ledger,
    remembered: () =>
      ledger === undefined ? { owner: undefined, cluster: undefined } : rememberedBy(ledger),
    remember: () => undefined,
    egress: () => ledger?.read.egress() ?? [],
    keepEgress: () => {},
    close: () => ledger?.close(),
  });
}

function rememberedBy(ledger: Ledger): Remembered {
  return { owner: ledger.read.meta('owner'), cluster: ledger.read.meta('cluster') };
}
