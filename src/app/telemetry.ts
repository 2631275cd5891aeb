import type { Writable } from 'node:stream';
import type { LogSettings } from '../config/sections.ts';
import type { EventNote, EventSink } from '../telemetry/event-sink.ts';
import { Happenings } from '../telemetry/happenings.ts';
import { Health } from '../telemetry/health.ts';
import { createLogger, type Logger } from '../telemetry/logger.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { ProblemBoard } from '../telemetry/problem-board.ts';
import { SecretWords } from '../telemetry/secret-words.ts';

/** Longer than the longest wait of a loop that is well: backoff, drift schedule and calls. */
const LONGEST_SILENCE_MS = 20 * 60_000;

/** A gateway takes seconds to accept a route; what is pending for longer is worth an Event. */
const PENDING_GRACE_MS = 3_000;

/** Events before there is somebody to send them are kept, few as they are. */
class LateEvents implements EventSink {
  #waiting: EventNote[] = [];
  #send: ((event: EventNote) => void) | undefined;

  emit(event: EventNote): void {
    if (this.#send === undefined) this.#waiting.push(event);
    else this.#send(event);
  }

  open(send: (event: EventNote) => void): void {
    this.#send = send;
    for (const event of this.#waiting.splice(0)) send(event);
  }
}

/** All that tells of what happens, made before anything can happen. */
export class Telemetry {
  readonly log: Logger;
  readonly secrets: SecretWords;
  readonly health = new Health(LONGEST_SILENCE_MS);
  readonly metrics = new Metrics();
  readonly events = new LateEvents();
  readonly happenings: Happenings;
  readonly board: ProblemBoard;
  #ledgerProblem: string | undefined;

  private constructor(log: Logger, secrets: SecretWords) {
    this.log = log;
    this.secrets = secrets;
    const ports = { log, metrics: this.metrics, events: this.events };
    this.happenings = new Happenings(ports);
    this.board = new ProblemBoard({ ...ports, pendingGraceMs: PENDING_GRACE_MS });
  }

  /** A write to the ledger ended: `problem` is why it failed, `undefined` when it did not. */
  ledgerWritten(problem: string | undefined): void {
    if (problem === this.#ledgerProblem) return;
    this.#ledgerProblem = problem;
    if (problem === undefined) this.health.met('ledger open');
    else this.health.unmet('ledger open', problem);
    this.board.update('ledger', problem === undefined ? [] : [{ reason: 'Pending', message: problem }]);
  }

  /** Lines go to `sink`, else to standard output. */
  static async create(settings: LogSettings, sink?: Writable): Promise<Telemetry> {
    const secrets = new SecretWords();
    const log = await createLogger(settings, secrets, sink);
    return new Telemetry(log, secrets);
  }
}
