import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ActualRecord } from '../domain/record.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Zone } from '../domain/zone.ts';
import { problemOf, type LedgerProblem } from './problem.ts';

/**
 * Keeps a copy of a zone's records as they were before the first write into it:
 * `zone-copies/<zone>-<time>.json` beside the ledger, there as a whole or not at all, also after a power cut.
 * @param records all of a complete list
 * @param at ISO 8601 UTC
 * @returns the absolute path; note it with `noteZoneCopy`
 */
export async function writeZoneCopy(
  ledgerPath: string,
  zone: Zone,
  records: readonly ActualRecord[],
  at: string,
): Promise<Result<string, LedgerProblem>> {
  const directory = join(dirname(ledgerPath), 'zone-copies');
  // Colons are not allowed in file names everywhere; a zone's name is letters, digits, dots and hyphens already.
  const path = join(directory, `${zone.name.replaceAll(/[^\w.-]/g, '_')}-${at.replaceAll(':', '-')}.json`);
  const partial = `${path}.partial`;
  try {
    await mkdir(directory, { recursive: true });
    const file = await open(partial, 'w');
    try {
      await file.writeFile(`${JSON.stringify({ zone, at, records }, undefined, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
    await syncDirectory(directory);
    return ok(path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {});
    const { kind } = problemOf(error, path);
    const why = error instanceof Error ? error.message : String(error);
    return err({ kind, path, message: `no copy of zone ${zone.name} could be kept at ${path}: ${why}` });
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
