import { deriveDesired } from '../desired/desired.ts';
import { sightOfSource } from '../desired/source-sight.ts';
import type { CheckName, Step } from '../desired/trace.ts';
import type { Claim } from '../domain/claim.ts';
import { covers, isWildcard, parseHostname, type Hostname } from '../domain/hostname.ts';
import { refText, SOURCE_KINDS, sameRef, type SourceRef } from '../domain/source.ts';
import { zoneFor } from '../domain/zone.ts';
import { finishChain } from './finish-chain.ts';
import type { Loop } from './loop.ts';
import type { World } from './ports.ts';
import { findingText, standingAt, zoneReader } from './record-checks.ts';

export type Subject =
  | { readonly kind: 'name'; readonly name: Hostname }
  | { readonly kind: 'source'; readonly source: SourceRef };

/** One check of a chain, as people read it. */
export interface ExplainedStep {
  readonly check: CheckName | 'uninstall' | 'ledger' | 'cloudflare' | 'last write' | 'plan' | 'audit';
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
  const read = zoneReader(loop, world);
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
        const draft = { source, name, type, steps: chain, held };
        chains.push(await finishChain({ loop, world, desired, read }, draft));
      }
    }
  }
  if (chains.length > 0) return { chains, verdict: '' };
  return { chains, verdict: subject.kind === 'name' ? await ofNobody(loop, read, subject.name) : '' };
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

async function ofNobody(loop: Loop, read: ReturnType<typeof zoneReader>, name: Hostname): Promise<string> {
  const nobody = `no source with a routeflare/ annotation, its own or its Gateway's, asks for ${name}`;
  if (!loop.zones.known) return `${nobody}; the zones are not known: ${loop.zones.why}`;
  const choice = zoneFor(name, loop.zones.value);
  if (choice.kind !== 'zone') return `${nobody}, and it is in no zone that the token sees`;
  const reading = await read(choice.zone);
  if (!reading.ok) return `${nobody}; ${reading.error}`;
  const off = reading.value.findings.filter((each) => each.name === name).map((each) => findingText(each));
  return [nobody, standingAt(reading.value.input, name), ...off].join('; ');
}
