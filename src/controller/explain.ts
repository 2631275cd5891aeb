import { deriveDesired } from '../desired/desired.ts';
import { sightOfSource } from '../desired/source-sight.ts';
import type { CheckName, Step } from '../desired/trace.ts';
import type { Claim } from '../domain/claim.ts';
import { covers, isWildcard, parseHostname, type Hostname } from '../domain/hostname.ts';
import { refText, SOURCE_KINDS, sameRef, type SourceRef } from '../domain/source.ts';
import type { Desired, Want } from '../domain/want.ts';
import { zoneFor } from '../domain/zone.ts';
import { inspectZone } from './inspect.ts';
import type { Loop } from './loop.ts';
import type { World } from './ports.ts';
import { judgeRecords, standingAt } from './record-checks.ts';

export type Subject =
  | { readonly kind: 'name'; readonly name: Hostname }
  | { readonly kind: 'source'; readonly source: SourceRef };

/** One check of a chain, as people read it. */
export interface ExplainedStep {
  readonly check: CheckName | 'ledger' | 'cloudflare' | 'plan' | 'last write';
  readonly passed: boolean;
  readonly evidence: string;
}

/** From one source to the records of one name and type, and the sentence it comes to. */
export interface Chain {
  readonly source: string;
  /** '' where the source gets as far as no name. */
  readonly name: string;
  readonly type: string;
  readonly steps: readonly ExplainedStep[];
  readonly verdict: string;
}

/**
 * Why a name, or the names of a source, have or lack their records. The chain is what was decided, told by the
 * deciding code itself; only records are read, none written. Without a chain, `verdict` says why there is none.
 */
export async function explain(
  loop: Loop,
  world: World,
  subject: Subject,
): Promise<{ readonly chains: readonly Chain[]; readonly verdict: string }> {
  const steps: Step[] = [];
  const input = loop.desiredInput();
  const desired = deriveDesired({ ...input, trace: (step) => steps.push(step) });
  const sources = subject.kind === 'source' ? [subject.source] : sourcesOf(subject.name, steps, loop, world);
  const chains: Chain[] = [];
  for (const source of sources) {
    const own = steps.filter((step) => sameRef(step.source, source));
    const held = world.ledger
      .claims()
      .filter(({ holder }) => holder !== undefined && sameRef(holder, source));
    const sight: ExplainedStep = { check: 'source', ...sightOfSource(input, source) };
    const names = subject.kind === 'name' ? [subject.name] : namesOf(own, held);
    if (names.length === 0) names.push(undefined);
    for (const name of names) {
      for (const type of typesOf(own, held, name)) {
        const chain = [sight, ...own.filter((step) => isAbout(step, name, type))];
        chains.push(await finish(loop, world, desired, { source, name, type, steps: chain, held }));
      }
    }
  }
  if (chains.length > 0) return { chains, verdict: '' };
  return { chains, verdict: subject.kind === 'name' ? await ofNobody(loop, world, subject.name) : '' };
}

interface Draft {
  readonly source: SourceRef;
  readonly name: Hostname | undefined;
  readonly type: string;
  readonly steps: readonly (ExplainedStep | Step)[];
  readonly held: readonly Claim[];
}

async function finish(loop: Loop, world: World, desired: Desired, draft: Draft): Promise<Chain> {
  const { source, name, type, held } = draft;
  const steps = draft.steps.map(({ check, passed, evidence }): ExplainedStep => ({
    check,
    passed,
    evidence,
  }));
  const about = name === undefined ? refText(source) : [type, name].filter((part) => part !== '').join(' ');
  const base = { source: refText(source), name: name ?? '', type };
  const first = firstFailed(steps);
  const claim = held.find((each) => each.name === name && (type === '' || each.type === type));
  const want = desired.wants.find(
    (each) => sameRef(each.source, source) && each.name === name && each.type === type,
  );
  if (first !== undefined || want === undefined || want.standing.kind !== 'publish') {
    const why = first?.evidence ?? standingText(want);
    const fate = claim === undefined ? undefined : desired.fates.get(claim.recordId);
    const now =
      claim === undefined
        ? `${about} is not published for ${refText(source)}`
        : `${about} ${fate?.kind === 'doomed' ? 'is to be deleted' : `stays as it is, ${claim.content}`}`;
    return { ...base, steps, verdict: `${now}: ${fate?.kind === 'doomed' ? fate.why : why}` };
  }
  const read = await inspectZone(loop, world, want.zone);
  if (!read.ok) return { ...base, steps, verdict: `${about} is wanted; ${read.error}` };
  const last = world.ledger.history(want.name).find((entry) => entry.type === want.type);
  const checks = judgeRecords(read.value, want, last);
  const failed = checks.find(({ passed }) => !passed);
  const { contents } = want.standing;
  const list = contents.join(', ');
  const ours = new Set(held.map(({ recordId }) => recordId));
  const there = (read.value.actual.all ?? []).filter((each) => each.name === name && ours.has(each.id));
  const isThere = contents.every((text) => there.some(({ content }) => content === text));
  const verdict =
    failed === undefined
      ? `${about} is ${list}, as ${refText(source)} wants it.`
      : `${about} ${isThere ? 'is' : 'should be'} ${list} for ${refText(source)}${isThere ? ', and yet' : ''}: ${failed.evidence}`;
  return { ...base, steps: [...steps, ...checks], verdict };
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

function isAbout(step: Step, name: Hostname | undefined, type: string): boolean {
  if (step.name === undefined) return true;
  if (step.name !== name) return false;
  return step.type === undefined || step.type === type;
}

function namesOf(steps: readonly Step[], held: readonly Claim[]): (Hostname | undefined)[] {
  const names = [...steps.map(({ name }) => name), ...held.map(({ name }) => name)];
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

function typesOf(
  steps: readonly Step[],
  held: readonly Claim[],
  name: Hostname | undefined,
): readonly string[] {
  const told = steps.filter((step) => step.name === name).map(({ type }) => type);
  const types = [...told, ...held.filter((claim) => claim.name === name).map(({ type }) => type)];
  const distinct = [...new Set(types.filter((type) => type !== undefined))].sort();
  return name === undefined || distinct.length === 0 ? [''] : distinct;
}

/** Those that got as far as the name, those that hold it, and those that ask for it and were stopped before. */
function sourcesOf(name: Hostname, steps: readonly Step[], loop: Loop, world: World): readonly SourceRef[] {
  const told = steps.filter((step) => step.name === name).map(({ source }) => source);
  const holders = world.ledger.claims().flatMap((claim) => (claim.name === name ? (claim.holder ?? []) : []));
  const { sources } = loop.desiredInput().cluster;
  const asking = SOURCE_KINDS.flatMap((kind) => [...(sources[kind]?.objects.values() ?? [])])
    .filter((object) =>
      [...object.hostnames, ...(object.annotations['hostnames'] ?? '').split(',')].some((raw) =>
        means(raw, name),
      ),
    )
    .map(({ kind, namespace, name: called }) => ({ kind, namespace, name: called }));
  const all = [...told, ...holders, ...asking].map((ref) => [refText(ref), ref] as const);
  return [...new Map(all).values()];
}

function means(raw: string, name: Hostname): boolean {
  const asked = parseHostname(raw);
  return asked.ok && (asked.value === name || (isWildcard(asked.value) && covers(asked.value, name)));
}

async function ofNobody(loop: Loop, world: World, name: Hostname): Promise<string> {
  const nobody = `no source with a routeflare/ annotation asks for ${name}`;
  if (!loop.zones.known) return `${nobody}; the zones are not known: ${loop.zones.why}`;
  const choice = zoneFor(name, loop.zones.value);
  if (choice.kind !== 'zone') return `${nobody}, and it is in no zone that the token sees`;
  const read = await inspectZone(loop, world, choice.zone);
  return `${nobody}; ${read.ok ? standingAt(read.value, name) : read.error}`;
}
