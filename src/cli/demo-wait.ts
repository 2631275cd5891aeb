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
const TICK_MS = 80;
const FRAMES = Array.from('⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏');

/**
 * Waits with a sign of life: a spinner on a terminal, else a dot a second; nothing when there is nothing to wait for.
 * Throws DemoFailure or DemoStopped.
 */
export async function waitUntil(screen: DemoScreen, waiting: Waiting): Promise<void> {
  const { what, deadlineMs, signal } = waiting;
  const begun = performance.now();
  const passed = (): number => performance.now() - begun;
  const late = async (ms: number): Promise<string> =>
    sleep(ms, 'It is still being looked at', { ref: false });
  let asking = ask(waiting);
  if ((await Promise.race([asking, late(POLL_MS)])) === undefined) return;

  const sign = signOfLife(screen, `until ${what}`, deadlineMs);
  const ticking = setInterval(() => sign.tick(passed()), TICK_MS);
  try {
    for (;;) {
      const missing = await Promise.race([asking, late(Math.max(0, deadlineMs - passed()))]);
      if (signal.aborted) throw new DemoStopped();
      if (missing === undefined) {
        sign.end(passed());
        return;
      }
      const why = waiting.hopeless() ?? (passed() >= deadlineMs ? `waited ${seconds(passed())}` : undefined);
      if (why !== undefined) throw new DemoFailure(`did not happen: ${what}. ${missing} (${why})`);
      await sleep(POLL_MS);
      asking = ask(waiting);
    }
  } catch (error) {
    screen.write('\n');
    throw error;
  } finally {
    clearInterval(ticking);
  }
}

async function ask({ missing, signal }: Waiting): Promise<string | undefined> {
  return signal.aborted ? 'It was stopped' : missing();
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
      const frame = FRAMES[Math.floor(ms / TICK_MS) % FRAMES.length] ?? '';
      show(`  ${paint('cyan', frame)} ${elide(`${text} (${seconds(ms)}, ${most})`, width - 5)}`);
    },
    end: (ms) => show(`  ${paint('dim', `… ${elide(`${text}: ${seconds(ms)}`, width - 5)}`)}\n`),
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms >= 10_000 ? 0 : 1)} s`;
}
