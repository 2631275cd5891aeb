import type { Claim } from '../domain/claim.ts';
import { intersectHostnames, type Hostname } from '../domain/hostname.ts';
import type { Problem } from '../domain/problem.ts';
import { isRoute, refText, sameRef, type SourceKind } from '../domain/source.ts';
import type { Fate, Want } from '../domain/want.ts';
import type { ReadAnnotations } from './annotations.ts';
import { givenBy, judgeParents, ownParent, type Parent } from './attachment.ts';
import { detachmentOf } from './detachment.ts';
import { asksFor, requestedNames, type Requested } from './hostnames.ts';
import { judgeName, type NameVerdict } from './name-verdict.ts';
import { placeText } from './places.ts';
import { note } from './trace.ts';
import { modeOf, possibleTypes } from './record-types.ts';
import { problemOf, type NamesCase, type SourceCase } from './source-case.ts';
import type { SourceVerdict } from './source-verdict.ts';
import { stillnessOf } from './stillness.ts';
import { termsOf, type ReadTerms, type Terms } from './terms.ts';

/** Judges a source whose own annotations can be used: every name it asks for, and every record it holds. */
export function judgeNames(source: SourceCase, own: ReadAnnotations): SourceVerdict {
  const { object, settings, world } = source;
  const requested = requestedNames(object, settings.hostnames);
  const parents = isRoute(object.kind)
    ? judgeParents(object, requested, world)
    : [ownParent(object, requested)];
  const reads = new Map(parents.map((parent) => [parent, termsOf(object, own, parent)]));
  const termsAt = (parent: Parent): Terms => (reads.get(parent) ?? termsOf(object, own, parent)).terms;
  const told = complaintsOf(source, own, [...reads.values()]);
  const isModeless = (parent: Parent) => termsAt(parent).kind === 'modeless';
  const counting = parents.some(isModeless) ? parents.filter((parent) => !isModeless(parent)) : parents;
  const at: NamesCase = { ...source, parents: counting, termsOf: termsAt };
  noteNames(at, requested, parents);
  if (counting.length === 0 && settings.mode === undefined) return modeless(at, parents, termsAt, told);
  const wants: Want[] = [];
  const problems: Problem[] = settings.hostnames === undefined ? wrongNames(at, requested) : [];
  const names = new Map<Hostname, NameVerdict>();
  for (const name of new Set(parents.flatMap(({ offers }) => [...offers.keys()]))) {
    const verdict = judgeName(at, name);
    names.set(name, verdict);
    wants.push(...verdict.wants);
    problems.push(...verdict.problems);
  }
  problems.push(...unheard(at, parents, requested, names), ...poolNotes(at, wants));
  return {
    wants,
    problems: asksForNothing(at) ? [] : [...told, ...problems],
    fateOf: (claim) => fateOf(at, parents, requested, names, claim),
    egressFamilies: [...new Set(counting.flatMap((parent) => egressFamilies(termsAt(parent))))],
  };
}

function noteNames(at: NamesCase, requested: Requested, parents: readonly Parent[]): void {
  const names = requested.kind === 'list' ? requested.names : [];
  const list = () => (requested.kind === 'list' ? names.join(', ') : 'those of its listeners');
  const isNameless = requested.kind === 'list' && !isRoute(at.object.kind) && names.length === 0;
  note(at, 'hostname', requested.kind !== 'list' || names.length > 0, () =>
    isNameless && requested.wrong.length === 0
      ? namelessWhy(at.object.kind)
      : `it asks for ${list() || 'none'}`,
  );
  for (const parent of parents) {
    for (const [name, why] of parent.offers) {
      note(at, 'listener', why === undefined, () => why ?? givenBy(at.object, parent, name, at.world), {
        name,
      });
    }
  }
}

/**
 * Whether nobody, as far as one can see, asks this source for anything: it is only looked at because a gateway
 * that is out of sight might. It is no use telling it so.
 */
function asksForNothing(at: NamesCase): boolean {
  return (
    Object.keys(at.object.annotations).length === 0 &&
    at.parents.every((parent) => at.termsOf(parent).kind === 'unknown') &&
    at.world.heldBy(at.source).length === 0
  );
}

/** What cannot be used is told whichever parent counts; a key without effect only when it has none by any. */
function complaintsOf(
  source: SourceCase,
  own: ReadAnnotations,
  reads: readonly ReadTerms[],
): readonly Problem[] {
  const seen = reads.map(({ read }) => read).filter((read) => read !== undefined);
  const hasAny = [own, ...seen].some(
    ({ complaints, warnings, idle }) => complaints.length + warnings.length + idle.length > 0,
  );
  if (!hasAny) return [];
  const complaints = [own, ...seen].flatMap((read) => read.complaints);
  const [first = [], ...others] = reads.length === 0 ? [own.idle] : reads.map(({ read }) => read?.idle ?? []);
  const idle = first.filter((message) => others.every((each) => each.includes(message)));
  return [...new Set([...complaints, ...own.warnings, ...idle])].map((message) =>
    problemOf(source, 'InvalidAnnotation', message),
  );
}

function modeless(
  at: NamesCase,
  parents: readonly Parent[],
  termsAt: (parent: Parent) => Terms,
  problems: readonly Problem[],
): SourceVerdict {
  const [why] = parents.map(termsAt).flatMap((terms) => ('why' in terms ? [terms.why] : []));
  note(at, 'content-mode', false, () => 'neither the source nor a gateway of it has routeflare/content-mode');
  const fateOf = ({ via }: Claim): Fate => {
    const hasLeft = via !== undefined && !isParent(parents, via);
    if (hasLeft && at.object.annotations['content-mode'] === undefined) return departed(refText(via));
    const text = why ?? 'routeflare/content-mode was taken away';
    return { kind: 'doomed', evidence: 'content-mode-removed', why: text };
  };
  return { wants: [], problems, fateOf, egressFamilies: [] };
}

function egressFamilies(terms: Terms): readonly (4 | 6)[] {
  const { settings } = terms;
  const mode = terms.kind === 'publish' ? terms.mode : settings.mode;
  if (terms.kind !== 'publish' && terms.kind !== 'unknown') return [];
  if (mode === undefined || mode === 'none') return [];
  if (mode !== 'ddns' && settings.modeAaaa !== 'ddns') return [];
  return possibleTypes(settings, mode)
    .filter((type) => type !== 'CNAME' && modeOf(type, settings, mode) === 'ddns')
    .map((type) => (type === 'A' ? 4 : 6));
}

/** The object's own names that are none. Those of the annotation are told with the other keys. */
function wrongNames(at: NamesCase, requested: Requested): Problem[] {
  const wrong = requested.kind === 'list' ? requested.wrong : [];
  const where = isRoute(at.object.kind) ? 'spec.hostnames' : 'spec.rules';
  return wrong.map((why) => problemOf(at, 'InvalidAnnotation', `${where}: ${why}; its other names go on`));
}

/** Names asked for that no parent gives, or would give once it accepts the route. */
function unheard(
  at: NamesCase,
  parents: readonly Parent[],
  requested: Requested,
  names: ReadonlyMap<Hostname, NameVerdict>,
): readonly Problem[] {
  if (!isRoute(at.object.kind)) return requested.kind === 'list' ? nameless(at, requested) : [];
  if (requested.kind === 'list' && requested.names.every((name) => names.has(name))) return [];
  const given = [...names.keys()];
  const asked: readonly (Hostname | undefined)[] = requested.kind === 'list' ? requested.names : [undefined];
  return asked
    .filter((name) =>
      name === undefined
        ? given.length === 0
        : !names.has(name) && !given.some((each) => intersectHostnames(name, each) === each),
    )
    .map((name) => {
      const unseen = name === undefined ? openParent(parents) : undefined;
      const why = unseen ?? detachmentOf(at.object, parents, name, at.world).why;
      note(at, 'listener', false, () => why, name === undefined ? {} : { name });
      return problemOf(at, 'Pending', why, name === undefined ? {} : { name });
    });
}

function nameless(at: NamesCase, { names, wrong }: Extract<Requested, { kind: 'list' }>): readonly Problem[] {
  if (names.length + wrong.length > 0) return [];
  const { kind } = at.object;
  return [problemOf(at, kind === 'Service' ? 'InvalidAnnotation' : 'Pending', namelessWhy(kind))];
}

function namelessWhy(kind: SourceKind): string {
  return kind === 'Service'
    ? 'a Service has no hostnames of its own: routeflare/hostnames is required'
    : 'no rule of the Ingress has a host, and there is no routeflare/hostnames';
}

/** What the parents list and we do not use, once for each that an address is taken from. */
function poolNotes(at: NamesCase, wants: readonly Want[]): readonly Problem[] {
  if (at.parents.every(({ pool }) => pool === undefined || pool.notes.length === 0)) return [];
  const messages = new Set<string>();
  for (const { mode, via } of wants) {
    if (mode !== 'gateway-address') continue;
    const parent = at.parents.find(({ gateway }) =>
      via === undefined ? gateway === undefined : gateway !== undefined && sameRef(gateway, via),
    );
    const lead = via === undefined ? 'its load balancer' : placeText(via);
    for (const note of parent?.pool?.notes ?? []) messages.add(`${lead}: ${note}`);
  }
  return [...messages].map((message) => problemOf(at, 'Pending', message));
}

function openParent(parents: readonly Parent[]): string | undefined {
  return parents.find(({ open }) => open !== undefined)?.open;
}

function isParent(parents: readonly Parent[], via: NonNullable<Parent['gateway']>): boolean {
  return parents.some(({ gateway }) => gateway !== undefined && sameRef(gateway, via));
}

/**
 * What the source says of a record it holds. Doomed only by the specs of objects that are there; contract 2.
 * An address or a family that vanished is never asked about here.
 */
function fateOf(
  at: NamesCase,
  parents: readonly Parent[],
  requested: Requested,
  names: ReadonlyMap<Hostname, NameVerdict>,
  claim: Claim,
): Fate {
  const verdict = names.get(claim.name);
  if (verdict !== undefined) return verdict.fateOf(claim);
  const still = stillnessOf(at, claim);
  if (still !== undefined) return still;
  if (!asksFor(requested, claim.name)) return unasked(requested, claim.name);
  const open = openParent(parents);
  if (open !== undefined) return { kind: 'kept', state: 'pending', why: open };
  if (claim.via !== undefined && !isParent(parents, claim.via)) return departed(refText(claim.via));
  return { kind: 'doomed', ...detachmentOf(at.object, parents, claim.name, at.world) };
}

function unasked(requested: Requested, name: Hostname): Fate {
  const wrong = requested.kind === 'list' ? requested.wrong : [];
  // Nobody can tell which name a wrong entry meant.
  if (wrong.length > 0) return { kind: 'kept', state: 'frozen', why: wrong.join('; ') };
  return { kind: 'doomed', evidence: 'hostname-removed', why: `its source no longer asks for ${name}` };
}

function departed(gateway: string): Fate {
  const why = `no parentRef of the route refers to ${gateway} any more`;
  return { kind: 'doomed', evidence: 'parent-removed', why };
}
