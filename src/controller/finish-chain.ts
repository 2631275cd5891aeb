import type { Step } from '../desired/trace.ts';
import type { Claim } from '../domain/claim.ts';
import type { Hostname } from '../domain/hostname.ts';
import type { Problem } from '../domain/problem.ts';
import { refText, sameRef, type SourceRef } from '../domain/source.ts';
import type { Desired, Fate, Want } from '../domain/want.ts';
import type { Zone } from '../domain/zone.ts';
import type { Finding, FindingKind } from '../plan/audit.ts';
import type { Chain, ExplainedStep } from './explain.ts';
import { stoppedProblems } from './loop-report.ts';
import type { Loop } from './loop.ts';
import type { World } from './ports.ts';
import { findingsAt, findingText, judgeRecords, type zoneReader } from './record-checks.ts';

/** What is known of one source and one name and type, as far as the sources go. */
export interface ChainDraft {
  readonly source: SourceRef;
  readonly name: Hostname | undefined;
  /** '' where no type is known. */
  readonly type: string;
  readonly steps: readonly (ExplainedStep | Step)[];
  /** All that the source holds. */
  readonly held: readonly Claim[];
}

interface Surrounding {
  readonly loop: Loop;
  readonly world: World;
  readonly desired: Desired;
  readonly read: ReturnType<typeof zoneReader>;
}

/** Adds to a chain what Events, ledger, Cloudflare, planner and audit say, and the sentence that all of it comes to. */
export async function finishChain(around: Surrounding, draft: ChainDraft): Promise<Chain> {
  const { world, desired } = around;
  const { source, name, type, held } = draft;
  const told = desired.problems.filter((problem) => isToldOf(problem, draft));
  const { steps, warning } = withComplaints(draft.steps, told);
  for (const { message } of stoppedProblems(world.ledger.stopped()))
    steps.push({ check: 'uninstall', passed: false, evidence: message });
  const base = { source: refText(source), name: name ?? '', type };
  const about = name === undefined ? 'nothing' : [type, name].filter((part) => part !== '').join(' ');
  const first = firstFailed(steps.filter((step) => step !== warning)) ?? warning;
  const claim = held.find((each) => each.name === name && (type === '' || each.type === type));
  const want = desired.wants.find(
    (each) => sameRef(each.source, source) && each.name === name && each.type === type,
  );
  const zone = want?.zone ?? (claim === undefined ? undefined : zoneOf(around.loop, claim));
  const fate = claim === undefined ? undefined : desired.fates.get(claim.recordId);
  const waiting = (finding: Finding | undefined): string =>
    claim === undefined
      ? `${about} is not published for ${refText(source)}: ${first?.evidence ?? standingText(want)}`
      : ofHeld(about, claim, fate, finding, first?.evidence ?? standingText(want));
  if (name === undefined) {
    const why = first?.evidence ?? 'it asks for no name';
    return { ...base, steps, verdict: `${about} is published for ${refText(source)}: ${why}` };
  }
  if (zone === undefined) return { ...base, steps, verdict: waiting(undefined) };
  const reading = await around.read(zone);
  if (!reading.ok) {
    const verdict = want?.standing.kind === 'publish' ? `${about} is wanted` : waiting(undefined);
    return { ...base, steps, verdict: `${verdict}; ${reading.error}` };
  }
  const last = world.ledger.history(name).find((entry) => entry.type === type);
  const untold = told.filter((problem) => problem.name !== undefined && !isSaid(steps, problem.message));
  const checks = judgeRecords(reading.value, { name, type }, last, untold);
  const all = [...steps, ...checks];
  const findings = findingsAt(reading.value.findings, { name, type });
  if (want?.standing.kind !== 'publish') {
    return { ...base, steps: all, verdict: waiting(findings.find((each) => isState(each, claim))) };
  }
  const missing = findings.find((each) => isState(each, claim) && each.kind === 'missing');
  const failed = missing === undefined ? firstFailed(checks)?.evidence : findingText(missing);
  // The controller may have seen for longer than this process what takes the record away.
  const going =
    claim?.state === 'deleting' && missing === undefined
      ? `it is deleting in the ledger since ${claim.doomedAt ?? claim.updatedAt}: ${claim.stateReason}`
      : undefined;
  const reason = going ?? (first === warning ? (failed ?? warning?.evidence) : first?.evidence);
  const { contents } = want.standing;
  const list = contents.join(', ');
  const ours = new Set(held.filter(({ state }) => state !== 'released').map(({ recordId }) => recordId));
  const there = (reading.value.input.actual.all ?? []).filter(
    (each) => each.name === name && ours.has(each.id),
  );
  const isThere = contents.every((text) => there.some(({ content }) => content === text));
  const verdict =
    reason === undefined
      ? `${about} is ${list}, as ${refText(source)} wants it.`
      : `${about} ${isThere ? 'is' : 'should be'} ${list} for ${refText(source)}${isThere ? ', and yet' : ''}: ${reason}`;
  return { ...base, steps: all, verdict };
}

/** Findings that say what a record is now, whatever its source asks for. */
const STATES: readonly FindingKind[] = ['missing', 'held', 'left', 'released'];

function isState({ kind, recordId }: Finding, claim: Claim | undefined): boolean {
  return recordId !== '' && recordId === claim?.recordId && STATES.includes(kind);
}

function ofHeld(
  about: string,
  { content }: Claim,
  fate: Fate | undefined,
  finding: Finding | undefined,
  why: string,
): string {
  if (finding !== undefined) return `${about} is ${finding.kind}: ${finding.why}; mend: ${finding.mend}`;
  if (fate?.kind === 'doomed') return `${about} is to be deleted: ${fate.why}`;
  const isLeft = fate?.kind === 'kept' && fate.state === 'left';
  return `${about} stays as it is, ${content}: ${isLeft ? fate.why : why}`;
}

/**
 * What Events complain of and no check told goes to the check of the annotations. It is a warning: the reason why a
 * record is not there only where no other check failed.
 */
function withComplaints(
  from: readonly (ExplainedStep | Step)[],
  told: readonly Problem[],
): { readonly steps: ExplainedStep[]; readonly warning: ExplainedStep | undefined } {
  const steps = from.map(({ check, passed, evidence }): ExplainedStep => ({ check, passed, evidence }));
  const complaints = told
    .filter(({ reason, message }) => reason === 'InvalidAnnotation' && !isSaid(steps, message))
    .map(({ message }) => message);
  if (complaints.length === 0) return { steps, warning: undefined };
  const warning: ExplainedStep = { check: 'annotations', passed: false, evidence: complaints.join('; ') };
  const at = steps.findIndex(({ check, passed }) => check === 'annotations' && passed);
  if (at === -1) steps.push(warning);
  else steps[at] = warning;
  return { steps, warning };
}

function isSaid(steps: readonly ExplainedStep[], message: string): boolean {
  return steps.some(
    ({ passed, evidence }) => !passed && (evidence.includes(message) || message.includes(evidence)),
  );
}

function isToldOf({ source, name, type }: Problem, draft: ChainDraft): boolean {
  if (source === undefined || !sameRef(source, draft.source)) return false;
  return (name ?? draft.name) === draft.name && (type ?? draft.type) === draft.type;
}

function zoneOf(loop: Loop, claim: Claim): Zone | undefined {
  return loop.zones.known ? loop.zones.value.find(({ id }) => id === claim.zoneId) : undefined;
}

/** A check that failed by every way it was tried: of several parents, one that gives the name is enough. */
function firstFailed(steps: readonly ExplainedStep[]): ExplainedStep | undefined {
  const passed = new Set(steps.filter((step) => step.passed).map(({ check }) => check));
  return steps.find((step) => !step.passed && (step.check !== 'listener' || !passed.has('listener')));
}

function standingText(want: Want | undefined): string {
  if (want === undefined) return 'nothing asks for it any more';
  return 'why' in want.standing ? want.standing.why : 'its source carries routeflare/suspend';
}
