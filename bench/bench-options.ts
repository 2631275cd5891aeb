import { parseArgs } from 'node:util';

export const PARTS = ['calls', 'latency', 'planner', 'memory', 'start'] as const;
export type Part = (typeof PARTS)[number];

export interface BenchOptions {
  readonly parts: readonly Part[];
  /** Fewer hosts, samples and seconds: to see that all works, not for figures. */
  readonly quick: boolean;
  /** A bundle to measure instead of one made from these sources, for comparing two. */
  readonly bundle: string | undefined;
}

export const USAGE = `npm run bench -- [--only ${PARTS.join('|')} …] [--quick] [--bundle FILE]`;

/** Reads the words behind `npm run bench --`. Throws TypeError with a sentence for people. */
export function benchOptions(argv: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string', multiple: true },
      quick: { type: 'boolean', default: false },
      bundle: { type: 'string' },
    },
  });
  const only = values.only?.flatMap((words) => words.split(','));
  const unknown = only?.find((word) => !PARTS.some((part) => part === word));
  if (unknown !== undefined) throw new TypeError(`--only ${unknown}: allowed are ${PARTS.join(', ')}`);
  const parts = PARTS.filter((part) => only === undefined || only.includes(part));
  return { parts, quick: values.quick, bundle: values.bundle };
}
