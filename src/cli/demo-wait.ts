import { setTimeout as sleep } from 'node:timers/promises';
import type { DemoScreen } from './demo-screen.ts';
import { elide } from './table.ts';

/** Something that the demo waited for did not happen. The message is for people. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
}

/** A person stopped the demo. */
export class DemoStopped extends Error {
  override readonly name = 'DemoStopped';
}

export interface Waiting {
  /** Completes "until …". */
  readonly what: string;
  readonly deadlineMs: number;
  /** What is still missing; `undefined` once nothing is. */
  readonly missing: () => string | undefined | Promise<string | undefined>;
  /** Why waiting has no sense any more; `undefined` while it has. */
  readonly hopeless: () => string | undefined;
  readonly signal: AbortSignal;
}

const POLL_MS = 40;
const FRAMES = Array.from('⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏');

/** Waits with a sign of life: a spinner on a terminal, else a dot a second. Throws DemoFailure or DemoStopped. */
export async function waitUntil(screen: DemoScreen, waiting: Waiting): Promise<void> {
  const { what, deadlineMs, signal } = waiting;
  const begun = performance.now();
  if (!signal.aborted && (await waiting.missing()) === undefined) return;
  const sign = signOfLife(screen, `until ${what}`, deadlineMs);
  try {
    for (;;) {
      if (signal.aborted) throw new DemoStopped();
      const missing = await waiting.missing();
      const ms = performance.now() - begun;
      if (missing === undefined) {
        sign.end(ms);
        return;
      }
      const why = waiting.hopeless() ?? (ms > deadlineMs ? `waited ${seconds(ms)}` : undefined);
      if (why !== undefined) throw new DemoFailure(`did not happen: ${what}. ${missing} (${why})`);
      sign.tick(ms);
      await sleep(POLL_MS);
    }
  } catch (error) {
    screen.write('\n');
    throw error;
  }
}

interface SignOfLife {
  tick(ms: number): void;
  end(ms: number): void;
}

function signOfLife(screen: DemoScreen, text: string, deadlineMs: number): SignOfLife {
  const { paint, width } = screen;
  const most = `at most ${deadlineMs / 1000} s`;
  if (!screen.live) {
    let dots = 0;
    screen.write(`  … ${text} (${most}) `);
    return {
      tick: (ms) => {
        for (; dots < Math.floor(ms / 1000); dots += 1) screen.write('.');
      },
      end: (ms) => screen.write(`${dots > 0 ? ' ' : ''}${seconds(ms)}\n`),
    };
  }
  const show = (line: string): void => {
    screen.write(`\r\u001B[K${line}`);
  };
  return {
    tick: (ms) => {
      const frame = FRAMES[Math.floor(ms / 80) % FRAMES.length] ?? '';
      show(`  ${paint('cyan', frame)} ${elide(`${text} (${seconds(ms)}, ${most})`, width - 5)}`);
    },
    end: (ms) => show(`  ${paint('dim', `… ${elide(`${text}: ${seconds(ms)}`, width - 5)}`)}\n`),
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms >= 10_000 ? 0 : 1)} s`;
}
