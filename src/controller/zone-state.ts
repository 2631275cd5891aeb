import type { Outcome } from '../apply/outcome.ts';
import { zoningOf } from '../desired/zoning.ts';
import type { ActualRecord } from '../domain/record.ts';
import { refText } from '../domain/source.ts';
import type { Desired } from '../domain/want.ts';
import type { Zone } from '../domain/zone.ts';
import type { ActualView } from '../plan/actual.ts';
import type { Plan, PlanInput } from '../plan/plan.ts';
import { intentKey, type ZoneMemory } from './memory.ts';
import { noDeletions } from './no-deletions.ts';
import type { World } from './ports.ts';

/** What the loop knows over all zones, as one zone's pass needs it. */
export interface Overview {
  desired(): Desired;
  /** Record ids whose deletion is held now, each with the reason. */
  held(): ReadonlyMap<string, string>;
  /** Whether zones are still unread, so that deletions cannot be judged. */
  unjudged(): boolean;
}

const NO_ZONES = { known: true, value: [] } as const;

/** One zone's pass: the world, what is remembered of the zone, and the questions both answer together. */
export class ZoneState {
  readonly world: World;
  readonly memory: ZoneMemory;
  readonly #overview: Overview;

  constructor(world: World, memory: ZoneMemory, overview: Overview) {
    this.world = world;
    this.memory = memory;
    this.#overview = overview;
  }

  applied(zone: Zone, outcomes: readonly Outcome[]): void {
    // Given up by now, what is in doubt has had its turn; of when it left nobody knows more.
    const from = this.world.steady() - this.world.settings.callDeadlineMs;
    for (const intent of this.world.ledger.intents())
      if (intent.zoneId === zone.id) this.memory.waits.began(intentKey(intent), intent.at, from);
    this.world.observer.applied(zone, outcomes);
    this.world.observer.claims(this.world.ledger.claims());
  }

  planInput(zone: Zone, actual: ActualView): PlanInput {
    const { ledger, identity, settings, now } = this.world;
    // In which zone a name is to be written plays no part in whether it is protected.
    const zoning = zoningOf({ zones: NO_ZONES, protectedNames: settings.protectedNames });
    return {
      zone,
      actual,
      identity,
      desired: this.#overview.desired(),
      claims: ledger.claims(),
      limits: {
        now: now(),
        deleteDelayMs: settings.deleteDelayMs,
        waitedMs: (recordId, doomedAt) => this.memory.waits.elapsedMs(recordId, doomedAt),
        strategy: settings.strategy,
        noDeletions: noDeletions(this.world),
        held: this.#overview.held(),
        unjudged: this.#overview.unjudged(),
        approved: ledger.approvals(),
      },
      protectedBy: (name) => zoning.protectedBy(name),
      remembered: (name, signature) => this.memory.recall(name, signature),
      surroundings: this.memory.surroundings,
    };
  }

  /** Writes down what only the ledger has to know. Answers how many rows changed, or why it could not. */
  record(plan: Pick<Plan, 'zone' | 'rows'>): { readonly rows: number; readonly error?: string } {
    if (plan.rows.length === 0) return { rows: 0 };
    const at = new Date(this.world.now()).toISOString();
    const written = this.world.ledger.write((writer) => {
      for (const row of plan.rows) {
        if (row.kind === 'drop') writer.removeClaim(row.recordId);
        else writer.putClaim(row.claim);
        // What a person let go is wanted again: the word was for that once.
        if (row.kind === 'put' && !['held', 'deleting', 'left'].includes(row.claim.state))
          writer.consumeApproval(row.claim.recordId);
        if (row.history === undefined) continue;
        const subject = row.kind === 'put' ? row.claim : row.history.before;
        const holder = row.kind === 'put' && row.claim.holder !== undefined ? refText(row.claim.holder) : '';
        const { name, type } = subject ?? { name: '', type: '' };
        writer.appendHistory({
          ...row.history,
          at,
          zoneName: plan.zone.name,
          name,
          type,
          holder,
          outcome: 'done',
        });
      }
    });
    if (!written.ok) return { rows: 0, error: `the ledger: ${written.error.message}` };
    for (const row of plan.rows) if (row.told !== undefined) this.world.observer.told(plan.zone, row);
    return { rows: plan.rows.length };
  }

  /** Answers why there is no copy, and so no write, or nothing. */
  async keepCopyBeforeFirstWrite(
    zone: Zone,
    listed: readonly ActualRecord[] | undefined,
  ): Promise<string | undefined> {
    const { ledger, records, now } = this.world;
    if (ledger.zoneCopied(zone.id)) return undefined;
    let all = listed;
    if (all === undefined) {
      const answer = await records.listZone(zone);
      if (!answer.ok) return answer.problem.message;
      all = answer.value;
    }
    const at = new Date(now()).toISOString();
    const copy = await ledger.keepCopy(zone, all, at);
    if (!copy.ok)
      return `no copy of zone ${zone.name} could be kept before the first write: ${copy.error.message}`;
    const noted = ledger.write((writer) => writer.noteZoneCopy(zone.id, zone.name, copy.value, at));
    return noted.ok ? undefined : `the ledger: ${noted.error.message}`;
  }

  /** Milliseconds until the zone is to be looked at though nothing changed. */
  nextLook(due: number | undefined): number | undefined {
    const { now, steady } = this.world;
    const list = this.memory.nextList();
    const waits = [due === undefined ? [] : due - now(), list === undefined ? [] : list - steady()].flat();
    return waits.length === 0 ? undefined : Math.min(...waits);
  }
}
