import { isObject, textAt } from '../sandbox/json-value.ts';
import { runCommand } from './demo-command.ts';
import { eventsOf } from './demo-events.ts';
import type { DemoStage } from './demo-stage.ts';

const PLAN_MS = 15_000;
/** Events come one after the other; when none came for so long, they are all there. */
const QUIET_MS = 300;

interface Line {
  readonly sign: string;
  readonly text: string;
  readonly source: string;
  readonly reason: string;
}

/** Knows whether the controller has done and told all that there is, by a plan of its own. */
export class DemoSettled {
  readonly #stage: DemoStage;
  readonly #signal: AbortSignal;
  /** What stands in the way of records, once nothing else is left. */
  #problems: readonly Line[] | undefined;
  #events = -1;
  #eventsAt = 0;

  constructor(stage: DemoStage, signal: AbortSignal) {
    this.#stage = stage;
    this.#signal = signal;
  }

  /** What is still to be done or told; `undefined` when nothing is. */
  async missing(): Promise<string | undefined> {
    return (await this.#toDo()) ?? this.#toSettle() ?? this.#toTell();
  }

  async #toDo(): Promise<string | undefined> {
    if (this.#problems !== undefined) return undefined;
    const limits = { signal: this.#signal, timeoutMs: PLAN_MS };
    const answer = await runCommand(['plan', '--output', 'json'], this.#stage.env, limits);
    if (answer.code !== 0) return answer.err.trim() || 'The plan took too long';
    const lines = linesIn(answer.out);
    const left = lines.find(({ sign }) => sign !== '!');
    if (left !== undefined) return `Still to be done: ${left.text}`;
    this.#problems = lines;
    return undefined;
  }

  #toSettle(): string | undefined {
    return this.#stage.atRest() ? undefined : 'A write has not come to its end in the ledger';
  }

  #toTell(): string | undefined {
    const events = eventsOf(this.#stage.kubernetes);
    if (events.length !== this.#events) {
      this.#events = events.length;
      this.#eventsAt = performance.now();
    }
    const changed = this.#stage.history().map(({ holder }) => ({ source: holder, reason: '' }));
    const untold = [...changed, ...(this.#problems ?? [])].find(
      ({ source, reason }) =>
        source !== '' &&
        !events.some((event) => event.on === source && (reason === '' || reason.startsWith(event.reason))),
    );
    if (untold !== undefined) return `No Event on ${untold.source} tells of it: ${untold.reason}`;
    return performance.now() - this.#eventsAt < QUIET_MS ? 'Events are still coming' : undefined;
  }
}

/** The lines of `routeflare plan --output json`. */
function linesIn(text: string): Line[] {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).map((line) => {
    const part = (member: string): string => textAt(line, member) ?? '';
    const shown = ['sign', 'name', 'type', 'to'].map(part).join(' ');
    return { sign: part('sign'), text: shown, source: part('source'), reason: part('reason') };
  });
}
