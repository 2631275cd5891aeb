import type { FoundData, HistoryEntry } from '../domain/entry.ts';
import type { ActualRecord } from '../domain/record.ts';
import { refText } from '../domain/source.ts';
import type { ApiProblem } from '../domain/write.ts';
import type { Zone } from '../domain/zone.ts';
import type { Change, Plan } from '../plan/plan.ts';
import { bisect, chunk, writesOf } from './batch.ts';
import { confirmedClaim, confirmedData, leftOut, recordsAnswered } from './confirmation.ts';
import { heldBack, later, permitted } from './forbidden.ts';
import { OUTCOME_OF, type Outcome } from './outcome.ts';
import type { ApplyPorts, ApplyWriter } from './ports.ts';

/**
 * Carries a plan out, in its order: intend in the ledger, write to Cloudflare, settle in the ledger. A refused
 * batch is halved until the one bad name is found and the rest is applied. Stops at the first answer that
 * concerns all (in doubt, rate, token, unreachable), or when the ledger cannot take the intent.
 */
export async function applyPlan(
  plan: Pick<Plan, 'zone' | 'changes'>,
  ports: ApplyPorts,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  let stop: ApiProblem | undefined;
  const queue = [...chunk(plan.changes, ports.batchLimit)];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    stop ??= ports.stopping() ? later('the controller stops') : undefined;
    const batch = stop === undefined ? permitted(next, ports, outcomes) : next;
    if (batch.length === 0) continue;
    const ended = stop ?? (await applyBatch(plan.zone, batch, ports, outcomes));
    if (ended === undefined) continue;
    const halves =
      stop === undefined && isAboutOne(ended) && !isOutdated(ended, ports) ? bisect(batch) : undefined;
    if (halves !== undefined) {
      queue.unshift(...halves);
      continue;
    }
    const kind = outcomeOf(ended, ports);
    const after = stop === undefined ? kind : 'not-tried';
    for (const change of batch) outcomes.push({ change, kind: after, problem: ended });
    if (!isAboutOne(ended)) stop ??= ended;
    else if (ended.kind === 'quota') skipCreates(queue, ended, outcomes);
  }
  return outcomes;
}

/** Whether the answer is about one record of the batch, so that the others may still go through. */
function isAboutOne(problem: ApiProblem): boolean {
  const outcome = OUTCOME_OF[problem.kind];
  return outcome === 'refused' || outcome === 'stale';
}

/** Whether the plan was made from what may be no longer so. */
function isOutdated(problem: ApiProblem, { listed }: ApplyPorts): boolean {
  return OUTCOME_OF[problem.kind] === 'stale' && !listed;
}

function outcomeOf(problem: ApiProblem, ports: ApplyPorts) {
  const kind = OUTCOME_OF[problem.kind];
  return kind === 'stale' && !isOutdated(problem, ports) ? 'refused' : kind;
}

/** A zone that is full takes no further record: what only creates is not tried again and again. */
function skipCreates(queue: (readonly Change[])[], problem: ApiProblem, outcomes: Outcome[]): void {
  for (const [index, batch] of queue.entries()) {
    const byName = Map.groupBy(batch, (change) => change.name);
    const creating = [...byName.values()]
      .filter((group) => group.every((change) => change.action === 'create'))
      .flat();
    for (const change of creating) outcomes.push({ change, kind: 'refused', problem });
    queue[index] = batch.filter((change) => !creating.includes(change));
  }
  for (let index = queue.length - 1; index >= 0; index--)
    if (queue[index]?.length === 0) queue.splice(index, 1);
}

/** One batch, whole. Answers the problem it ended with, if any; its intents are closed unless it is in doubt. */
async function applyBatch(
  zone: Zone,
  batch: readonly Change[],
  ports: ApplyPorts,
  outcomes: Outcome[],
): Promise<ApiProblem | undefined> {
  const at = ports.now();
  const intended = ports.ledger.write((writer) =>
    batch.map((change) => writer.openIntent(intentOf(zone, change, at))),
  );
  if (!intended.ok) return ledgerProblem(intended.error.message);
  const answer = await ports.batch(
    zone,
    batch.flatMap((change) => writesOf(change)),
    () => heldBack(batch, ports),
  );
  if (answer.ok) {
    const records = recordsAnswered(batch, answer.value);
    const settled = ports.ledger.write((writer) => {
      for (const id of intended.value) writer.closeIntent(id);
      settle(writer, zone, batch, records, ports.now());
    });
    // The write landed and the ledger could not say so: only a list, against the open intents, settles that.
    if (!settled.ok) return { ...ledgerProblem(settled.error.message), kind: 'in-doubt' };
    for (const change of batch) {
      const problem = leftOut(change, records.get(change));
      outcomes.push(
        problem === undefined
          ? { change, kind: 'done' }
          : { change, kind: OUTCOME_OF[problem.kind], problem },
      );
    }
    return undefined;
  }
  const { problem } = answer;
  const doubtful = problem.kind === 'in-doubt';
  const whole = !isAboutOne(problem) || bisect(batch) === undefined;
  ports.ledger.write((writer) => {
    if (!doubtful) for (const id of intended.value) writer.closeIntent(id);
    const outcome = doubtful ? `in doubt: ${problem.message}` : `refused: ${problem.message}`;
    if (whole && OUTCOME_OF[problem.kind] !== 'not-tried') {
      for (const change of batch)
        writer.appendHistory(historyOf(zone, change, ports.now(), outcome, change.after));
    }
  });
  return problem;
}

function ledgerProblem(message: string): ApiProblem {
  return later(`the ledger: ${message}`);
}

function intentOf(zone: Zone, change: Change, at: string) {
  const recordId = change.write.kind === 'create' ? undefined : change.write.id;
  const { action, name, type, before, after } = change;
  return { at, action, zoneId: zone.id, zoneName: zone.name, name, type, recordId, before, after };
}

/** Writes down what Cloudflare confirmed, as it answered it. */
function settle(
  writer: ApplyWriter,
  zone: Zone,
  batch: readonly Change[],
  records: ReadonlyMap<Change, ActualRecord>,
  at: string,
): void {
  for (const change of batch) {
    const record = records.get(change);
    const short = leftOut(change, record);
    // A record that still bears our marker is not let go of.
    const isStillOurs = change.action === 'release' && short !== undefined;
    if (!isStillOurs) for (const id of change.drops) writer.removeClaim(id);
    if (change.action === 'delete') for (const id of change.drops) writer.consumeApproval(id);
    if (change.claim !== undefined) {
      writer.putClaim(confirmedClaim(change.claim, record, at));
      // What a person let go is wanted again: the word was for that once.
      if (change.claim.state === 'active') writer.consumeApproval(change.claim.recordId);
    }
    const outcome = short === undefined ? 'done' : `refused in part: ${short.message}`;
    writer.appendHistory(historyOf(zone, change, at, outcome, confirmedData(change, record)));
  }
}

function historyOf(
  zone: Zone,
  change: Change,
  at: string,
  outcome: string,
  after: FoundData | undefined,
): HistoryEntry {
  const { action, name, type, before, reason } = change;
  const holder = change.source === undefined ? '' : refText(change.source);
  return { at, action, zoneName: zone.name, name, type, before, after, reason, holder, outcome };
}
