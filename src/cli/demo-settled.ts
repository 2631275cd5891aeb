import { Writable } from 'node:stream';
import { refText } from '../domain/source.ts';
import { describePlan } from '../plan/describe.ts';
import type { CommandContext } from './context.ts';
import { eventsOf } from './demo-events.ts';
import type { DemoStage } from './demo-stage.ts';
import { look, type Look } from './look.ts';

/** Knows whether the controller has done and told all that there is, by a fresh look of its own. */
export class DemoSettled {
  readonly #stage: DemoStage;
  readonly #context: CommandContext;
  #events = -1;

  /** @param context with the settings of the stage's controller */
  constructor(stage: DemoStage, context: CommandContext) {
    this.#stage = stage;
    this.#context = { ...context, stdout: silence(), stderr: silence() };
  }

  /** What is still to be done or told; `undefined` when nothing is. */
  async missing(): Promise<string | undefined> {
    let missing: string | undefined = 'The cluster and Cloudflare could not be read';
    await look(this.#context, (seen) => {
      missing = toDo(seen) ?? this.#toSettle() ?? this.#toTell(seen);
      return 0;
    });
    return missing;
  }

  #toSettle(): string | undefined {
    return this.#stage.atRest() ? undefined : 'A write has not come to its end in the ledger';
  }

  /** Events are sent one after the other, and dropped where one object has very many: so, until no more come. */
  #toTell({ telemetry }: Look): string | undefined {
    const events = eventsOf(this.#stage.kubernetes);
    const changed = this.#stage.history().map(({ holder }) => ({ on: holder, reason: undefined }));
    const wrong = telemetry.board.current().flatMap(({ source, reason }) => {
      return source === undefined ? [] : [{ on: refText(source), reason }];
    });
    const untold = [...changed, ...wrong].find(
      ({ on, reason }) =>
        on !== '' && !events.some((event) => event.on === on && (reason ?? event.reason) === event.reason),
    );
    const more = events.length !== this.#events;
    this.#events = events.length;
    if (untold !== undefined) return `No Event ${untold.reason ?? ''} on ${untold.on} yet`;
    return more ? 'Events are still coming' : undefined;
  }
}

function toDo({ plans }: Look): string | undefined {
  const [line] = plans.flatMap((plan) => describePlan({ ...plan, problems: [], orphans: [] }));
  return line === undefined
    ? undefined
    : `Still to be done: ${line.sign} ${line.name} ${line.type} ${line.to}`;
}

function silence(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
