import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');

/** `routeflare demo …` as a process, with a directory of its own for temporary files. */
export class DemoProcess implements AsyncDisposable {
  readonly temporary = mkdtempSync(join(tmpdir(), 'demo-test-'));
  out = '';
  err = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #wake = (): void => {};

  constructor(...args: readonly string[]) {
    const { PATH = '' } = process.env;
    this.#child = spawn(process.execPath, [MAIN, 'demo', ...args], {
      // The person's own settings must not reach the sandbox's controller.
      env: { PATH, TMPDIR: this.temporary, NO_COLOR: '1', ZONES: 'not.a.zone.of.the.demo', DRY_RUN: 'maybe' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.out += chunk.toString('utf8');
      this.#wake();
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.err += chunk.toString('utf8');
    });
    this.#ended = new Promise((settle) => {
      this.#child.once('close', (code) => {
        settle(code);
        this.#wake();
      });
    });
  }

  /** The exit code. */
  get ended(): Promise<number | null> {
    return this.#ended;
  }

  /** Waits until standard output matches. */
  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.out);
      if (found !== null) return found;
      if (this.#child.exitCode !== null) throw new Error(`ended without ${pattern}: ${this.out}${this.err}`);
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** What is left of its temporary files. */
  leftovers(): string[] {
    return readdirSync(this.temporary);
  }

  /** What it printed after the last heading that begins like this. */
  after(heading: string): string {
    const at = this.out.lastIndexOf(`\n${heading}`);
    if (at === -1) throw new Error(`no heading ${heading} in: ${this.out}${this.err}`);
    return this.out.slice(at);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#ended;
    rmSync(this.temporary, { recursive: true, force: true });
  }
}

/** Rows of the record table in a text, as `NAME TYPE CONTENT PROXY TTL` and whose. */
export function recordRows(text: string): string[] {
  const lines = text.split('\n');
  const head = lines.findLastIndex((line) => /^ {2}NAME +TYPE +CONTENT +PROXY +TTL +WHOSE$/.test(line));
  const rows = lines.slice(head + 1);
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith('  ')),
    )
    .map((line) => line.trim().replaceAll(/ +/g, ' '));
}
