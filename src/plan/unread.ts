import { dataOf } from '../domain/record.ts';
import type { Claim } from '../domain/claim.ts';
import { sameRef } from '../domain/source.ts';
import type { Want } from '../domain/want.ts';
import { fieldsFor, isEmptyPatch, patchOf } from './fields.ts';
import { judge } from './judge.ts';
import { byAction } from './order.ts';
import { pairContents } from './pairs.ts';
import type { Change, NamePlan, RowChange } from './plan.ts';
import { claimFor, settleRow } from './rows.ts';
import type { PlanContext, Row } from './table.ts';

/**
 * What may be done at a name by the ledger alone: change, in place, records that are ours and stay with their
 * holder. Everything else asks for the name to be read first.
 */
export function planUnread(input: PlanContext, row: Row): NamePlan {
  const changes: Change[] = [];
  const rows: RowChange[] = [];
  const dues: number[] = [];
  let read = false;
  let removal = false;
  const taken = new Set<Claim>();
  for (const want of row.wants) {
    if (want.standing.kind !== 'publish') continue;
    const ours = row.claims
      .map(({ claim }) => claim)
      .filter((claim) => claim.type === want.type && claim.state !== 'released');
    for (const claim of ours) taken.add(claim);
    if (!isInPlace(input, row, want, ours, want.standing.contents)) {
      read = true;
      continue;
    }
    for (const [claim, content] of pairContents(ours, want.standing.contents).pairs) {
      const after = fieldsFor(want, content, claim, claim);
      const next = claimFor(want, after, claim.recordId, claim, {
        now: input.limits.now,
        cluster: claim.cluster,
      });
      const patch = patchOf(claim, after);
      if (isEmptyPatch(patch)) {
        rows.push(...settleRow(claim, next));
        continue;
      }
      changes.push({
        action: 'update',
        happening: 'RecordUpdated',
        name: want.name,
        type: want.type,
        before: dataOf(claim),
        after,
        write: { kind: 'update', id: claim.recordId, ...patch },
        claim: next,
        drops: [],
        source: want.source,
        reason: `wanted by its holder, mode ${want.mode}`,
        unpublishes: false,
      });
    }
  }
  for (const each of row.claims) {
    if (taken.has(each.claim)) continue;
    const verdict = judge(each, input);
    rows.push(...verdict.rows);
    if (verdict.due !== undefined) dues.push(verdict.due);
    if (verdict.remove !== undefined) removal = true;
  }
  return {
    name: row.name,
    // A deletion that has come due is news, though wants and rows are what they were.
    signature: () => `${row.signature()}${removal ? ' due' : ''}`,
    changes: changes.sort(byAction),
    rows,
    reads: { name: read || removal, ids: [], whole: false },
    problems: [],
    spare: [],
    due: dues.length === 0 ? undefined : Math.min(...dues),
    read: false,
  };
}

function isInPlace(
  input: PlanContext,
  row: Row,
  want: Want,
  ours: readonly Claim[],
  contents: readonly string[],
): boolean {
  return (
    ours.length === contents.length &&
    ours.every(
      (claim) =>
        claim.holder !== undefined &&
        sameRef(claim.holder, want.source) &&
        claim.state !== 'left' &&
        // Why it is held, or waits, only a read can say: its record may be gone.
        claim.state !== 'held' &&
        claim.state !== 'pending' &&
        claim.cluster === input.identity.cluster,
    ) &&
    !row.claims.some(({ claim, fate }) => fate.kind === 'replaced' && claim.type !== want.type)
  );
}
