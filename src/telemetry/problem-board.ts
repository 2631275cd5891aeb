import { problemKey, type Problem, type ProblemReason } from '../domain/problem.ts';
import { refText, sameRef, type SourceRef } from '../domain/source.ts';
import type { EventSink } from './event-sink.ts';

export interface ProblemBoardPorts {
  readonly log: {
    warn(fields: object, message: string): void;
    info(fields: object, message: string): void;
  };
  readonly events: EventSink;
  readonly metrics: { problemCounts(counts: Readonly<Record<ProblemReason, number>>): void };
  /**
   * How long a `Pending` may last before it is told, in milliseconds; at once when absent. A route is pending while
   * its gateway accepts it, and an egress address while its first round is asked: nothing to wake anybody for.
   */
  readonly pendingGraceMs?: number;
}

interface Seen {
  problem: Problem;
  scopes: number;
  /** Not told yet. */
  waiting: NodeJS.Timeout | undefined;
}

/**
 * The problems that last, by the part that sees them (a zone's id, `desired`, `token` …). A problem is told when it
 * appears and when it clears, not on every pass; the same one seen by two parts is one.
 */
export class ProblemBoard {
  readonly #scopes = new Map<string, ReadonlyMap<string, Problem>>();
  /** By key: the problem, and how many scopes see it. */
  readonly #seen = new Map<string, Seen>();
  readonly #counts = noProblems();
  readonly #ports: ProblemBoardPorts;

  constructor(ports: ProblemBoardPorts) {
    this.#ports = ports;
  }

  /** Replaces what `scope` sees by `problems`; an empty list when it sees none, or is no more. */
  update(scope: string, problems: readonly Problem[]): void {
    const before = this.#scopes.get(scope);
    const after = new Map(problems.map((problem) => [problemKey(problem), problem]));
    for (const [key, problem] of after) {
      if (before?.has(key) !== true) this.#add(key, problem);
      else this.#renew(key, problem);
    }
    for (const key of before?.keys() ?? []) if (!after.has(key)) this.#remove(key);
    if (after.size === 0) this.#scopes.delete(scope);
    else this.#scopes.set(scope, after);
    this.#ports.metrics.problemCounts(this.#counts);
  }

  /** All of them, each once. */
  current(): readonly Problem[] {
    return [...this.#seen.values()].map(({ problem }) => problem);
  }

  /** The backends of a source are ready again. Told where it was told that they were not. */
  ready(source: SourceRef, note: string): void {
    const told = this.current().some(
      (problem) =>
        problem.reason === 'NotReady' && problem.source !== undefined && sameRef(problem.source, source),
    );
    if (!told) return;
    this.#ports.log.info({ source: refText(source), note }, 'ready again');
    this.#ports.events.emit({ source, reason: 'Ready', type: 'Normal', note });
  }

  /** Only a detail can differ. */
  #renew(key: string, problem: Problem): void {
    const entry = this.#seen.get(key);
    if (entry !== undefined) entry.problem = problem;
  }

  #add(key: string, problem: Problem): void {
    const entry = this.#seen.get(key);
    if (entry !== undefined) {
      entry.scopes += 1;
      return;
    }
    const grace = problem.reason === 'Pending' ? (this.#ports.pendingGraceMs ?? 0) : 0;
    const added: Seen = { problem, scopes: 1, waiting: undefined };
    this.#seen.set(key, added);
    this.#counts[problem.reason] += 1;
    if (grace === 0) {
      this.#tell(problem);
      return;
    }
    added.waiting = setTimeout(() => {
      added.waiting = undefined;
      this.#tell(problem);
    }, grace).unref();
  }

  #tell(problem: Problem): void {
    this.#ports.log.warn(fieldsOf(problem), 'problem appeared');
    this.#ports.events.emit({
      ...(problem.source === undefined ? {} : { source: problem.source }),
      reason: problem.reason,
      type: 'Warning',
      note: problem.message,
    });
  }

  #remove(key: string): void {
    const entry = this.#seen.get(key);
    if (entry === undefined) return;
    entry.scopes -= 1;
    if (entry.scopes > 0) return;
    this.#seen.delete(key);
    this.#counts[entry.problem.reason] -= 1;
    if (entry.waiting !== undefined) {
      clearTimeout(entry.waiting);
      return;
    }
    this.#ports.log.info(fieldsOf(entry.problem), 'problem cleared');
  }
}

function noProblems(): Record<ProblemReason, number> {
  return {
    InvalidAnnotation: 0,
    HostnameConflict: 0,
    RecordConflict: 0,
    ZoneNotFound: 0,
    Pending: 0,
    NotReady: 0,
    WriteRefused: 0,
    QuotaReached: 0,
    TokenRefused: 0,
    DeletionsHeld: 0,
    Orphan: 0,
  };
}

function fieldsOf({ source, ...rest }: Problem): object {
  return { ...rest, ...(source === undefined ? {} : { source: refText(source) }) };
}
