import type { Outcome } from '../apply/outcome.ts';
import { instantOf } from '../domain/clock.ts';
import type { Claim } from '../domain/claim.ts';
import { annotationsText } from '../domain/refusal.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Zone } from '../domain/zone.ts';
import {
  changeKeys,
  changeLines,
  describeAct,
  planAct,
  rowKey,
  type ActInput,
  type ActLine,
  type ActPlan,
  type ActRequest,
} from '../plan/act-plan.ts';
import type { ActualView } from '../plan/actual.ts';
import { recoverClaims } from '../plan/recover.ts';
import { viewForAct } from './act-view.ts';
import { concerned } from './act-zones.ts';
import type { Loop } from './loop.ts';
import type { World } from './ports.ts';
import { absorbList } from './settle.ts';
import { writePlan } from './write-plan.ts';
import type { ZoneState } from './zone-state.ts';

/** What an act would do, for a person to agree to. */
export interface ActPreview {
  readonly lines: readonly ActLine[];
  readonly notes: readonly string[];
}

/** What an act did. */
export interface ActReport {
  readonly done: readonly ActLine[];
  readonly failed: readonly (ActLine & { readonly why: string })[];
  readonly notes: readonly string[];
}

/** Lists the zones concerned and plans the act, and writes nothing. The error is for people. */
export async function previewAct(
  loop: Loop,
  world: World,
  request: ActRequest,
): Promise<Result<ActPreview, string>> {
  const zones = concerned(loop, world, request);
  if (!zones.ok) return zones;
  const lines: ActLine[] = [];
  const notes: string[] = [...zones.value.notes];
  for (const zone of zones.value.zones) {
    const plan = await loop.exclusively(zone, async (state): Promise<Result<ActPlan, string>> => {
      const listed = await world.records.listZone(zone);
      if (!listed.ok) return err(`zone ${zone.name} could not be listed: ${listed.problem.message}`);
      const view = await viewForAct(world, zone, request, listed.value);
      if (!view.ok) return view;
      const claims = world.ledger.claims();
      const found = recoverClaims(listed.value, claims, zone, world.identity, world.now());
      return ok(planAct(request, inputOf(world, state, zone, view.value, [...claims, ...found])));
    });
    if (!plan.ok) return plan;
    lines.push(...describeAct(plan.value));
    notes.push(...plan.value.notes);
  }
  return ok({ lines, notes });
}

/**
 * Carries an act out, as far as it was agreed to: lists each zone again, plans again, and drops what is not among
 * the keys. Intents go before writes, as in every pass, and no pass of the zone runs meanwhile.
 */
export async function carryOut(
  loop: Loop,
  world: World,
  request: ActRequest,
  keys: ReadonlySet<string>,
): Promise<Result<ActReport, string>> {
  const permit = world.permit();
  if (permit.kind !== 'all') return err(`nothing was done: ${permit.why}`);
  const zones = concerned(loop, world, request);
  if (!zones.ok) return zones;
  const { ledger } = world;
  if (request.kind === 'uninstall') {
    const at = new Date(world.now()).toISOString();
    const stopped = ledger.write((writer) => {
      writer.setMeta('stopped', at);
      writer.appendHistory(milestone('stop', at, 'uninstalled by a person: nothing is written any more'));
    });
    if (!stopped.ok) return err(stopped.error.message);
  }
  const report = {
    done: [] as ActLine[],
    failed: [] as (ActLine & { why: string })[],
    notes: [] as string[],
  };
  for (const zone of zones.value.zones) {
    const failed = await loop.exclusively(zone, (state) =>
      actOn(zone, state, { loop, world, request, keys, report }),
    );
    if (failed !== undefined) report.notes.push(`zone ${zone.name}: ${failed}`);
  }
  return ok(report);
}

/** Lets everything go on after `uninstall`. Answers why it could not. */
export function resume(world: Pick<World, 'ledger' | 'now'>): string | undefined {
  const at = new Date(world.now()).toISOString();
  const written = world.ledger.write((writer) => {
    writer.setMeta('stopped', '');
    writer.appendHistory(milestone('resume', at, 'a person lets it go on'));
  });
  return written.ok ? undefined : written.error.message;
}

interface Acting {
  readonly loop: Loop;
  readonly world: World;
  readonly request: ActRequest;
  readonly keys: ReadonlySet<string>;
  readonly report: {
    readonly done: ActLine[];
    readonly failed: (ActLine & { why: string })[];
    readonly notes: string[];
  };
}

async function actOn(zone: Zone, state: ZoneState, acting: Acting): Promise<string | undefined> {
  const { world, request, keys, report } = acting;
  const begun = instantOf(world);
  const permit = world.permit();
  const listed = await world.records.listZone(zone);
  if (!listed.ok) return `it could not be listed: ${listed.problem.message}`;
  const absorbed = absorbList(zone, listed.value, begun, state);
  if (absorbed !== undefined) return 'why' in absorbed ? absorbed.why : 'the ledger refused';
  const view = await viewForAct(world, zone, request, listed.value);
  if (!view.ok) return view.error;
  const whole = planAct(request, inputOf(world, state, zone, view.value, world.ledger.claims()));
  const plan = agreed(whole, keys);
  if (plan.changes.length < whole.changes.length || plan.rows.length < whole.rows.length) {
    report.notes.push(`zone ${zone.name} changed since it was shown: what is new there was left alone`);
  }
  if (plan.changes.length + plan.rows.length === 0) return undefined;
  const refused = refuseNames(plan, acting);
  if (refused !== undefined) return refused;
  const recorded = state.record(plan);
  if (recorded.error !== undefined) return recorded.error;
  report.done.push(...describeAct({ zone, changes: [], rows: plan.rows }));
  const { stopping } = world;
  const written = await writePlan(zone, plan, state, { listed: listed.value, permit, stopping });
  if (!written.ok) return written.error;
  const outcomes = written.value;
  if (outcomes.some(({ kind }) => kind === 'in-doubt' || kind === 'stale'))
    state.memory.listAt(world.steady());
  for (const outcome of outcomes) tell(zone, outcome, report);
  return undefined;
}

function tell(zone: Zone, outcome: Outcome, report: Acting['report']): void {
  const lines = changeLines(zone, outcome.change);
  if (outcome.kind === 'done') report.done.push(...lines);
  else {
    const why = `${outcome.kind}: ${outcome.problem.message}`;
    report.failed.push(...lines.map((line) => ({ ...line, why })));
  }
}

/** What a person saw, name by name: a name with something new in it is left alone as a whole. */
function agreed(plan: ActPlan, keys: ReadonlySet<string>): ActPlan {
  const { zone } = plan;
  const strange = new Set(
    plan.changes
      .filter((change) => changeKeys(zone, change).some((key) => !keys.has(key)))
      .map(({ name }) => name),
  );
  return {
    ...plan,
    changes: plan.changes.filter(({ name }) => !strange.has(name)),
    rows: plan.rows.filter((row) => keys.has(rowKey(zone, row))),
    refuse: plan.refuse.filter(({ name }) => !strange.has(name)),
  };
}

/** Before the first write, so that no pass after a crash puts back what a person took away. */
function refuseNames({ refuse }: ActPlan, { world }: Acting): string | undefined {
  if (refuse.length === 0) return undefined;
  const { sources } = world.cluster.snapshot();
  const at = new Date(world.now()).toISOString();
  const written = world.ledger.write((writer) => {
    for (const { name, holder } of refuse) {
      const object = sources[holder.kind]?.objects.get(`${holder.namespace}/${holder.name}`);
      if (object !== undefined)
        writer.refuse({ name, holder, annotations: annotationsText(object.annotations), at });
    }
  });
  return written.ok ? undefined : written.error.message;
}

function inputOf(
  world: World,
  state: ZoneState,
  zone: Zone,
  view: ActualView,
  claims: readonly Claim[],
): ActInput {
  const input = state.planInput(zone, view);
  return {
    ...input,
    claims,
    history: (name) => world.ledger.history(name),
  };
}

function milestone(action: 'stop' | 'resume', at: string, reason: string) {
  const nothing = { before: undefined, after: undefined, holder: '', outcome: 'done' };
  return { at, action, zoneName: '', name: '', type: '', reason, ...nothing };
}
