import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { nearMiss } from '../../src/config/near-miss.ts';
import { err, ok, type Result } from '../../src/domain/result.ts';
import { quoted } from '../../src/domain/shown-text.ts';
import { EVENT_KINDS } from './history.ts';
import { MUTANTS } from './mutant-list.ts';

/** Seeds are below this. */
export const SEEDS = 0x7fff_ffff;

/** Histories that are played for each planted bug. */
const MUTANT_COUNT = 3_000;
const MOST_WORKERS = 1_024;

export interface SimulateOptions {
  /** The one history to tell. */
  readonly seed: number | undefined;
  /** Fresh histories. Without it the hunt ends after `minutes`; for planted bugs, see `mutantCount`. */
  readonly count: number | undefined;
  readonly minutes: number;
  /** The first fresh seed; `tree` for that of what is committed, `undefined` for any. */
  readonly from: number | 'tree' | undefined;
  /** Histories of the fixed set. */
  readonly fixed: number;
  readonly workers: number;
  readonly keepGoing: boolean;
  readonly quiet: boolean;
  readonly mutants: boolean;
  readonly mutantCount: number;
  /** A part of planted bugs' names. */
  readonly only: string | undefined;
  readonly favoured: readonly string[];
}

/** What was asked for; or each value that is wrong, with its flag and what would be right. */
export function simulateOptions(args: readonly string[]): Result<SimulateOptions, readonly string[]> {
  const parsed = parsedArgs(args);
  if (!parsed.ok) return parsed;
  const { values } = parsed.value;
  const wrong: string[] = [];
  const reader = new FlagReader(wrong);
  const count = reader.whole('count', values.count, 0, SEEDS);
  const fixed = reader.whole('fixed', values.fixed, 0, SEEDS) ?? 0;
  const mutants = values.mutants === true;
  const options: SimulateOptions = {
    seed: reader.whole('seed', values.seed, 0, SEEDS - 1),
    count,
    minutes: reader.minutes(values.minutes) ?? 1,
    from: values.from === 'tree' ? 'tree' : reader.whole('from', values.from, 0, SEEDS - 1, ', or "tree",'),
    fixed,
    workers: reader.whole('workers', values.workers, 1, MOST_WORKERS) ?? availableParallelism(),
    keepGoing: values['keep-going'] === true,
    quiet: values.quiet === true,
    mutants,
    mutantCount: count ?? MUTANT_COUNT,
    only: reader.only(values.only, mutants),
    favoured: reader.favoured(values.favour),
  };
  if (count === 0 && mutants) wrong.push('--count "0": with --mutants a whole number from 1 on is needed');
  else if (count === 0 && fixed === 0 && options.seed === undefined)
    wrong.push(
      '--count "0": nothing would be played; a whole number from 1 on is needed, or --fixed with one',
    );
  return wrong.length === 0 ? ok(options) : err(wrong);
}

function parsedArgs(args: readonly string[]) {
  try {
    return ok(
      parseArgs({
        args: [...args],
        options: {
          seed: { type: 'string' },
          count: { type: 'string' },
          minutes: { type: 'string' },
          from: { type: 'string' },
          fixed: { type: 'string' },
          workers: { type: 'string' },
          'keep-going': { type: 'boolean' },
          quiet: { type: 'boolean' },
          mutants: { type: 'boolean' },
          only: { type: 'string' },
          favour: { type: 'string' },
        },
      }),
    );
  } catch (error) {
    // Unknown flags, flags without a value: its message names them.
    if (error instanceof TypeError) return err([error.message]);
    throw error;
  }
}

/** Reads the values of flags, and gathers what is wrong with them. */
class FlagReader {
  readonly #wrong: string[];

  constructor(wrong: string[]) {
    this.#wrong = wrong;
  }

  whole(flag: string, raw: string | undefined, least: number, most: number, or = ''): number | undefined {
    if (raw === undefined) return undefined;
    const value = Number(raw);
    if (/^\d+$/.test(raw) && value >= least && value <= most) return value;
    this.#refuse(flag, raw, `a whole number from ${least} to ${most}${or} is needed`);
    return undefined;
  }

  minutes(raw: string | undefined): number | undefined {
    if (raw === undefined) return undefined;
    const value = Number(raw);
    if (/^\d+(\.\d+)?$/.test(raw) && value > 0) return value;
    this.#refuse('minutes', raw, 'a number above 0, such as 10 or 0.5, is needed');
    return undefined;
  }

  only(raw: string | undefined, mutants: boolean): string | undefined {
    if (raw === undefined) return undefined;
    if (!mutants) this.#refuse('only', raw, 'it chooses planted bugs, so --mutants is needed, too');
    else if (raw === '' || !MUTANTS.some(({ name }) => name.includes(raw)))
      this.#refuse(
        'only',
        raw,
        'no planted bug is named so; a part of a name in found-bugs.ts, imagined-bugs.ts or imagined-border-bugs.ts is needed',
      );
    return raw;
  }

  /** Kinds with commas between them; one of the kinds has a comma of its own. */
  favoured(raw: string | undefined): readonly string[] {
    const kinds: string[] = [];
    for (let parts = raw?.split(',') ?? []; parts.length > 0;) {
      const length = parts.findLastIndex((_, at) => isKind(parts.slice(0, at + 1).join(','))) + 1;
      if (length === 0) this.#refuseKind((parts[0] ?? '').trim());
      else kinds.push(parts.slice(0, length).join(',').trim());
      parts = parts.slice(Math.max(length, 1));
    }
    return kinds;
  }

  #refuseKind(kind: string): void {
    const near = nearMiss(kind, EVENT_KINDS);
    const meant = near === undefined ? '' : `, such as "${near}",`;
    this.#refuse('favour', kind, `a kind of event of test/simulation/history.ts${meant} is needed`);
  }

  #refuse(flag: string, raw: string, needed: string): void {
    this.#wrong.push(`--${flag} ${quoted(raw)}: ${needed}`);
  }
}

function isKind(text: string): boolean {
  return EVENT_KINDS.includes(text.trim());
}
