import { setTimeout as sleep } from 'node:timers/promises';
import type { Writable } from 'node:stream';
import { shownText } from '../domain/shown-text.ts';
import { paintFor, type Paint, type Style } from './colour.ts';
import type { CommandContext } from './context.ts';
import { renderTable, type Cell, type Column } from './table.ts';
import { wrap } from './wrap.ts';

/** Lines of prose get no longer than this, however wide the terminal is. */
const WIDEST = 100;
const INDENT = '  ';

/** What the demo prints, in one place: headings, prose, commands, tables. */
export class DemoScreen {
  readonly paint: Paint;
  /** In characters. */
  readonly width: number;
  /** Whether a line can be written over, and somebody reads along. */
  readonly live: boolean;
  readonly #out: Writable;

  constructor(context: Pick<CommandContext, 'env' | 'stdout' | 'isTTY' | 'columns'>) {
    const { env, stdout, isTTY, columns } = context;
    this.paint = paintFor(env, isTTY);
    this.width = Math.min(columns ?? 80, WIDEST);
    this.live = isTTY && env['TERM'] !== 'dumb';
    this.#out = stdout;
  }

  write(text: string): void {
    this.#out.write(text);
  }

  heading(text: string): void {
    this.write(`\n${this.paint('bold', text)}\n${this.paint('dim', '─'.repeat(this.width))}\n`);
  }

  get coloured(): boolean {
    return this.paint('bold', 'x') !== 'x';
  }

  /** A paragraph. */
  say(text: string, style?: Style): void {
    for (const line of wrap(shownText(text), this.width)) {
      this.write(`${style === undefined ? line : this.paint(style, line)}\n`);
    }
  }

  /** What a person would type, broken as a shell would take it. */
  command(text: string): void {
    const [first = '', ...rest] = wrap(text, this.width - 6);
    const lines = [`${INDENT}$ ${first}`, ...rest.map((line) => `${INDENT}    ${line}`)];
    this.write(`${lines.map((line) => this.paint('cyan', line)).join(this.paint('dim', ' \\\n'))}\n`);
  }

  /** A sentence below something, indented. */
  note(text: string, style: Style = 'dim'): void {
    for (const line of wrap(shownText(text), this.width - 4)) this.write(`    ${this.paint(style, line)}\n`);
  }

  table(columns: readonly Column[], rows: readonly (readonly Cell[])[]): void {
    const text = renderTable(columns, rows, { width: this.width - INDENT.length, paint: this.paint });
    this.write(text.replaceAll(/^(?=.)/gm, INDENT));
  }

  blank(): void {
    this.write('\n');
  }

  /** Time to read, where somebody reads along. */
  async pause(ms: number, signal: AbortSignal): Promise<void> {
    if (this.live) await sleep(ms, undefined, { signal }).catch(() => {});
  }
}
