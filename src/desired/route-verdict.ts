import type { Claim, PublishingMode } from '../domain/claim.ts';
import type { Hostname } from '../domain/hostname.ts';
import { intersectHostnames } from '../domain/hostname.ts';
import type { Problem } from '../domain/problem.ts';
import { excludes, recordKey } from '../domain/record.ts';
import { refText, sameRef } from '../domain/source.ts';
import type { Fate, Want } from '../domain/want.ts';
import type { SourceSettings } from './annotations.ts';
import { judgeParents, type Parent } from './attachment.ts';
import { detachmentOf } from './detachment.ts';
import { asksFor, requestedNames, type Requested } from './hostnames.ts';
import { judgeName, type NameVerdict } from './name-verdict.ts';
import { modeOf, possibleTypes } from './record-types.ts';
import { problemOf, type RouteCase, type SourceCase } from './source-case.ts';
import type { SourceVerdict } from './source-verdict.ts';

/** Judges a route whose annotations can be used: every name it asks for, and every record it holds. */
export function judgeRoute(source: SourceCase, mode: PublishingMode): SourceVerdict {
  const { object, settings, world } = source;
  const requested = requestedNames(object, settings.hostnames);
  const parents = judgeParents(object, requested, world);
  const at: RouteCase = { ...source, mode, parents };
  const wants: Want[] = [];
  const problems: Problem[] = settings.hostnames === undefined ? wrongNames(at, requested) : [];
  const names = new Map<Hostname, NameVerdict>();
  for (const parent of parents) {
    for (const name of parent.offers.keys()) {
      if (names.has(name)) continue;
      const verdict = judgeName(at, name);
      names.set(name, verdict);
      wants.push(...verdict.wants);
      problems.push(...verdict.problems);
    }
  }
  problems.push(...unheard(at, requested, names), ...poolNotes(at, wants));
  return {
    wants,
    problems,
    fateOf: (claim) => fateOf(at, requested, names, claim),
    egressFamilies: egressFamilies(settings, mode),
  };
}

function egressFamilies(settings: SourceSettings, mode: PublishingMode): readonly (4 | 6)[] {
  if (mode !== 'ddns' && settings.modeAaaa !== 'ddns') return [];
  return possibleTypes(settings, mode)
    .filter((type) => type !== 'CNAME' && modeOf(type, settings, mode) === 'ddns')
    .map((type) => (type === 'A' ? 4 : 6));
}

/** The object's own names that are none. Those of the annotation are told with the other keys. */
function wrongNames(at: RouteCase, requested: Requested): Problem[] {
  const wrong = requested.kind === 'list' ? requested.wrong : [];
  return wrong.map((why) =>
    problemOf(at, 'InvalidAnnotation', `spec.hostnames: ${why}; its other names go on`),
  );
}

/** Names asked for that no parent gives, or would give once it accepts the route. */
function unheard(
  at: RouteCase,
  requested: Requested,
  names: ReadonlyMap<Hostname, NameVerdict>,
): readonly Problem[] {
  const given = [...names.keys()];
  const asked: readonly (Hostname | undefined)[] = requested.kind === 'list' ? requested.names : [undefined];
  return asked
    .filter((name) =>
      name === undefined
        ? given.length === 0
        : !names.has(name) && !given.some((each) => intersectHostnames(name, each) === each),
    )
    .map((name) => {
      const unseen = name === undefined ? openParent(at.parents) : undefined;
      const why = unseen ?? detachmentOf(at.object, at.parents, name, at.world).why;
      return problemOf(at, 'Pending', why, name === undefined ? {} : { name });
    });
}

/** What the gateways list and we do not use, once for each gateway that an address is taken from. */
function poolNotes(at: RouteCase, wants: readonly Want[]): readonly Problem[] {
  const messages = new Set<string>();
  for (const { mode, via } of wants) {
    const object = mode === 'gateway-address' && via !== undefined ? at.world.gatewayOf(via) : undefined;
    if (object === undefined) continue;
    for (const note of at.world.poolOf(object).notes) {
      messages.add(`Gateway ${object.namespace}/${object.name}: ${note}`);
    }
  }
  return [...messages].map((message) => problemOf(at, 'Pending', message));
}

function openParent(parents: readonly Parent[]): string | undefined {
  return parents.find(({ open }) => open !== undefined)?.open;
}

/**
 * What the route says of a record it holds. Doomed only by the specs of objects that are there; contract 2.
 * An address or a family that vanished is never asked about here.
 */
function fateOf(
  at: RouteCase,
  requested: Requested,
  names: ReadonlyMap<Hostname, NameVerdict>,
  claim: Claim,
): Fate {
  const { name, type } = claim;
  const verdict = names.get(name);
  if (verdict === undefined) {
    if (!asksFor(requested, name)) return unasked(requested, name);
    const open = openParent(at.parents);
    return open === undefined ? detached(at, claim) : { kind: 'kept', state: 'pending', why: open };
  }
  const types = possibleTypes(at.settings, at.mode);
  if (types.includes(type)) {
    return verdict.waits.get(recordKey(name, type)) ?? verdict.waits.get(name) ?? NOT_TAKEN;
  }
  if (types.length > 0 && types.every((each) => excludes(each, type))) {
    // First the new type, then the old one: in one batch, once the new one has content.
    const why = `${type} goes once ${types.join('/')} can be published in its place`;
    return { kind: 'kept', state: 'pending', why };
  }
  return type === 'AAAA' && at.settings.modeAaaa === 'none'
    ? { kind: 'doomed', evidence: 'content-mode-removed', why: 'routeflare/content-mode-aaaa is none' }
    : {
        kind: 'doomed',
        evidence: 'type-removed',
        why: `its source asks for ${types.join('/')}, not ${type}`,
      };
}

const NOT_TAKEN: Fate = { kind: 'kept', state: 'pending', why: 'another record is wanted in its place' };

function unasked(requested: Requested, name: Hostname): Fate {
  const wrong = requested.kind === 'list' ? requested.wrong : [];
  // Nobody can tell which name a wrong entry meant.
  if (wrong.length > 0) return { kind: 'kept', state: 'frozen', why: wrong.join('; ') };
  return { kind: 'doomed', evidence: 'hostname-removed', why: `its source no longer asks for ${name}` };
}

function detached(at: RouteCase, claim: Claim): Fate {
  const { via } = claim;
  if (
    via !== undefined &&
    !at.parents.some(({ gateway }) => gateway !== undefined && sameRef(gateway, via))
  ) {
    return {
      kind: 'doomed',
      evidence: 'parent-removed',
      why: `no parentRef of the route refers to ${refText(via)} any more`,
    };
  }
  return { kind: 'doomed', ...detachmentOf(at.object, at.parents, claim.name, at.world) };
}
