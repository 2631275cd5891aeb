import { counted } from '../domain/counted.ts';
import { existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Ledger } from '../ledger/ledger.ts';
import { findingsOf, type DoctorFinding } from './doctor-finding.ts';

const { ok, note, bad } = findingsOf('ledger');

/** A full history is some tens of megabytes; below that a write may fail soon. */
const LEAST_FREE_BYTES = 64 * 1024 * 1024;

/** What the ledger tells the other examinations. */
export interface LedgerFacts {
  readonly findings: readonly DoctorFinding[];
  /** When something was last written into a zone, by its name. */
  readonly written: ReadonlyMap<string, string>;
  /** Families that records of ours take from the egress address. */
  readonly ddns: ReadonlySet<4 | 6>;
}

/** Opens the ledger for reading, which checks every page and row of it, and looks at its disk. */
export function examineLedger(path: string): LedgerFacts {
  const findings: DoctorFinding[] = [];
  const written = new Map<string, string>();
  const ddns = new Set<4 | 6>();
  const opened = existsSync(path) ? Ledger.open({ path, mode: 'read-only' }) : undefined;
  if (opened === undefined) findings.push(note(`there is no ledger at ${path} yet: the controller makes it`));
  else if (!opened.ok)
    findings.push(bad(opened.error.message, 'docs/ledger.md says how to bring a backup back'));
  else {
    const { read } = opened.value;
    const { records, history } = read.counts();
    const size = Math.ceil(statSync(path).size / 1024);
    findings.push(
      ok(
        `${path} is sound: ${counted(records, 'record')}, ${counted(history, 'line')} of history, ${size} KiB`,
      ),
    );
    for (const { at, outcome, zoneName, action } of read.history({ limit: 10_000 })) {
      const isWrite = ['create', 'update', 'adopt', 'delete', 'release'].includes(action);
      if (isWrite && outcome === 'done' && !written.has(zoneName)) written.set(zoneName, at);
    }
    for (const { mode, type, state } of read.claims()) {
      if (mode === 'ddns' && state !== 'released') ddns.add(type === 'AAAA' ? 6 : 4);
    }
    const intents = read.intents();
    if (intents.length > 0) {
      findings.push(
        note(
          `${counted(intents.length, 'write is', 'writes are')} begun and not settled`,
          'routeflare check settles them',
        ),
      );
    }
    const { network } = opened.value;
    if (network !== undefined) {
      const what = `it lies on a network file system (${network}), whose locks may not keep a second controller away`;
      findings.push(note(what, 'use a volume that is a disk of the node'));
    }
    const stopped = read.meta('stopped');
    if (stopped) findings.push(bad(`nothing is written since ${stopped}`, 'routeflare uninstall --undo'));
    opened.value.close();
  }
  findings.push(...examineDisk(dirname(path)));
  return { findings, written, ddns };
}

function examineDisk(directory: string): readonly DoctorFinding[] {
  if (!existsSync(directory)) return [bad(`the directory ${directory} is not there`, 'set LEDGER_PATH')];
  const { bavail, bsize } = statfsSync(directory);
  const free = bavail * bsize;
  const text = `${sizeText(free)} are free on the disk of the ledger`;
  return [free < LEAST_FREE_BYTES ? bad(text, 'make room, or enlarge the volume') : ok(text)];
}

function sizeText(bytes: number): string {
  const mebibytes = bytes / 1024 / 1024;
  return mebibytes < 1024 ? `${Math.floor(mebibytes)} MiB` : `${(mebibytes / 1024).toFixed(1)} GiB`;
}
