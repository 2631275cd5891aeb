import type { Outcome } from '../apply/outcome.ts';
import type { EgressState } from '../domain/egress.ts';
import type { HappeningReason } from '../domain/problem.ts';
import type { RecordData } from '../domain/record.ts';
import { refText, type SourceRef } from '../domain/source.ts';
import type { RowChange } from '../plan/plan.ts';
import type { PlanLine } from '../plan/describe.ts';
import type { EventSink } from './event-sink.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';

export interface HappeningPorts {
  readonly log: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
  readonly metrics: Metrics;
  readonly events: EventSink;
}

const MESSAGE: Readonly<Record<HappeningReason, string>> = {
  RecordCreated: 'record created',
  RecordUpdated: 'record updated',
  RecordDeleted: 'record deleted',
  DriftCorrected: 'drift corrected',
  Adopted: 'record adopted',
  Released: 'record released',
  ZoneMoved: 'record moved to another zone',
  Ready: 'ready again',
};

/** One method for each thing that happens: its log line, its metrics, its Event. Problems are the ProblemBoard's. */
export class Happenings {
  readonly #ports: HappeningPorts;
  readonly #egress = new Map<number, string>();

  constructor(ports: HappeningPorts) {
    this.#ports = ports;
  }

  started(version: string, settings: Readonly<Record<string, string>>): void {
    this.#ports.log.info({ version, settings }, 'starting');
  }

  settingDoubtful(setting: string, message: string): void {
    this.#ports.log.warn({ setting, reason: message }, 'setting in doubt');
  }

  stopping(signal: string): void {
    this.#ports.log.info({ signal }, 'stopping');
  }

  /** A write ended. Refusals last, so the board tells of them; here they are only counted. */
  changeEnded(zone: string, outcome: Outcome): void {
    const { change, kind } = outcome;
    const { action, name, type, before, after, reason } = change;
    this.#ports.metrics.changeEnded(action, kind);
    const fields = {
      zone,
      name,
      type,
      from: before?.content,
      to: after?.content,
      reason,
      ...sourceField(change.source),
    };
    if (kind === 'done') {
      if (change.happening === 'DriftCorrected') this.#ports.metrics.driftCorrected();
      this.#ports.log.info({ ...fields, before, after }, MESSAGE[change.happening]);
      this.#event(change.happening, change.source, `${headline(type, name, before, after)}: ${reason}`);
      return;
    }
    const why = { ...fields, action, problem: outcome.problem };
    if (kind === 'in-doubt') this.#ports.log.warn(why, 'write in doubt');
    else this.#ports.log.debug({ ...why, outcome: kind }, 'write not done');
  }

  /** The ledger alone changed, and somebody should know. */
  rowTold(zone: string, told: NonNullable<RowChange['told']>): void {
    const { happening, source, note } = told;
    this.#ports.log.info({ zone, note, ...sourceField(source) }, MESSAGE[happening]);
    this.#event(happening, source, note);
  }

  /** What a pass is about to do, or with DRY_RUN would do. */
  planned(lines: readonly PlanLine[], dryRun: boolean): void {
    for (const line of lines) this.#ports.log.info({ ...line }, dryRun ? 'would change' : 'planned');
  }

  /** A pass over a zone ended. `at` is milliseconds since 1970. */
  passEnded(pass: { zone: string; ms: number; well: boolean; at: number; changes: number }): void {
    this.#ports.metrics.passEnded(pass.ms, pass.well, pass.at);
    const { zone, ms, well, changes } = pass;
    this.#ports.log.debug({ zone, ms, well, changes }, 'pass ended');
  }

  /** A call to Cloudflare ended; `status` and `remaining` are absent when no answer, or no such header, came. */
  cloudflareAnswered(call: {
    readonly operation: string;
    readonly status: number | undefined;
    readonly ms: number;
    readonly remaining: number | undefined;
  }): void {
    this.#ports.metrics.cloudflareAnswered(call.operation, call.status, call.ms);
    if (call.remaining !== undefined) this.#ports.metrics.budgetSeen(call.remaining);
    this.#ports.log.debug({ ...call }, 'cloudflare answered');
  }

  /** A round of voters ended. Logged when the verdict or the address is another than before. */
  egressJudged(state: EgressState): void {
    const { family, status, votes } = state;
    if (status === 'confirmed') {
      this.#ports.metrics.egressConfirmed(family, Date.parse(state.confirmedAt));
    } else if (status === 'disabled') this.#ports.metrics.egressConfirmed(family, undefined);
    else if (status !== 'unconfirmed' || votes.length > 0) this.#ports.metrics.egressUnconfirmed(family);
    const text = verdictText(state);
    // Before the first round there is nothing to tell yet.
    if (state.status === 'unconfirmed' && votes.length === 0) return;
    if (this.#egress.get(family) === text) return;
    this.#egress.set(family, text);
    const fields = { family: `IPv${family}`, status, verdict: text, votes };
    if (status === 'confirmed' || status === 'disabled') {
      this.#ports.log.info(fields, 'egress address judged');
    } else this.#ports.log.warn(fields, 'egress address judged');
  }

  #event(reason: HappeningReason, source: SourceRef | undefined, note: string): void {
    const type = reason === 'Released' ? 'Warning' : 'Normal';
    this.#ports.events.emit({ ...(source === undefined ? {} : { source }), reason, type, note });
  }
}

function sourceField(source: SourceRef | undefined): { source?: string } {
  return source === undefined ? {} : { source: refText(source) };
}

function headline(
  type: string,
  name: string,
  before: RecordData | undefined,
  after: RecordData | undefined,
): string {
  if (after === undefined) return `${type} ${name} (${before?.content ?? 'content unknown'})`;
  if (before === undefined || before.content === after.content) return `${type} ${name} ${after.content}`;
  return `${type} ${name} ${before.content} -> ${after.content}`;
}

function verdictText(state: EgressState): string {
  switch (state.status) {
    case 'confirmed':
      return `confirmed ${state.address}`;
    case 'disabled':
      return 'disabled';
    case 'unconfirmed':
      return `unconfirmed${state.address === undefined ? '' : ` ${state.address}`}: ${state.why}`;
    case 'conflict':
      return `conflict ${state.addresses.join(' ')}: ${state.why}`;
    case 'unavailable':
      return `unavailable: ${state.why}`;
  }
}
