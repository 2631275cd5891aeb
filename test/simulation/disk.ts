import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ledger } from '../../src/ledger/ledger.ts';
import type { LedgerWriter } from '../../src/ledger/writer.ts';

const MEMORY = '/dev/shm';
const FILES = ['', '-wal'];

/** Where the ledger lies: a real SQLite file, in memory where the system offers that. */
export class SimDisk {
  full = false;
  readonly path: string;
  readonly #directory: string;
  #backup = false;

  constructor() {
    this.#directory = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'routeflare-simulation-'));
    this.path = join(this.#directory, 'ledger.db');
    open(this.#template).close();
  }

  /** A new history begins: an empty ledger of the present schema. */
  reset(): void {
    this.full = false;
    this.#backup = false;
    this.lose();
  }

  /** The caller closes it. */
  open(): Ledger {
    return open(this.path);
  }

  lose(): void {
    for (const suffix of [...FILES, '-shm', '.lock']) rmSync(`${this.path}${suffix}`, { force: true });
    copyFileSync(this.#template, this.path);
  }

  /** Changes what lies there, as another program would. */
  rewrite(change: (writer: LedgerWriter) => void): void {
    const ledger = this.open();
    ledger.write(change);
    ledger.close();
  }

  backUp(): void {
    this.#copy(this.path, this.#aside);
    this.#backup = true;
  }

  /** Puts the copy back; answers whether there was one. */
  restore(): boolean {
    if (!this.#backup) return false;
    this.lose();
    this.#copy(this.#aside, this.path);
    return true;
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  get #template(): string {
    return join(this.#directory, 'template.db');
  }

  get #aside(): string {
    return join(this.#directory, 'backup.db');
  }

  #copy(from: string, to: string): void {
    for (const suffix of FILES) {
      if (existsSync(`${from}${suffix}`)) copyFileSync(`${from}${suffix}`, `${to}${suffix}`);
      else rmSync(`${to}${suffix}`, { force: true });
    }
  }
}

function open(path: string): Ledger {
  const opened = Ledger.open({ path, mode: 'write' });
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}
