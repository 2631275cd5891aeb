import type { Claim, PublishingMode } from '../domain/claim.ts';
import type { Hostname } from '../domain/hostname.ts';
import type { Problem } from '../domain/problem.ts';
import type { RecordType } from '../domain/record.ts';
import { unreachable } from '../domain/result.ts';
import type { Fate, Standing, Want } from '../domain/want.ts';
import type { Zone } from '../domain/zone.ts';
import type { SourceSettings } from './annotations.ts';
import type { Parent } from './attachment.ts';
import { choiceText, originText, zoneText } from './evidence-text.ts';
import { chooseParent } from './parent-choice.ts';
import { placeText } from './places.ts';
import { modeOf, wantedTypes } from './record-types.ts';
import { refusalWhy } from './refusals.ts';
import { heldAt, heldWant, problemOf, type NamesCase } from './source-case.ts';
import { targetOf, type Target } from './targets.ts';
import { stillnessOf } from './stillness.ts';
import { isStillSuspended, typesUnder, type Terms } from './terms.ts';
import { note } from './trace.ts';
import { fateByType } from './type-fate.ts';

/** What a source wants at one name. */
export interface NameVerdict {
  readonly wants: readonly Want[];
  readonly problems: readonly Problem[];
  /** What becomes of a record that the source holds there and that no want takes. */
  fateOf(claim: Claim): Fate;
}

/** Judges a name that at least one parent gives, or would give once it accepts the route. */
export function judgeName(at: NamesCase, name: Hostname): NameVerdict {
  const refused = refusalWhy(at.world.input.refusals, at.object, name);
  if (refused !== undefined) {
    note(at, 'refusal', false, () => refused, { name });
    return { ...waiting(at, refused), problems: [problemOf(at, 'Pending', refused, { name })] };
  }
  const place = at.zoning.placeOf(name);
  const placeText = () => (place.kind === 'zone' ? zoneText(at, name, place.zone) : place.why);
  note(at, 'zone', place.kind === 'zone', placeText, { name });
  if (place.kind === 'nowhere') {
    const problems = place.reason === undefined ? [] : [problemOf(at, place.reason, place.why, { name })];
    return { ...waiting(at, place.why), problems };
  }
  const via = heldAt(at, name).find((claim) => claim.via !== undefined)?.via;
  const choice = chooseParent(name, at.parents, at.settings.gateway, via, (parent) =>
    yieldsContent(at, name, parent),
  );
  note(at, 'parent', choice.kind === 'parent', () => choiceText(choice), { name });
  switch (choice.kind) {
    case 'parent':
      return judgeVia(at, name, place.zone, choice.parent);
    case 'waiting':
      return judgeWaiting(at, name, place.zone, choice.parent, choice.why);
    case 'detached': {
      const why = 'no parent that gives it has a routeflare/content-mode any more';
      const fate: Fate = { kind: 'doomed', evidence: 'content-mode-removed', why };
      return { wants: [], problems: [], fateOf: () => fate };
    }
    default:
      return unreachable(choice);
  }
}

/** A suspended parent counts like any other; what it would give now does not matter. */
function yieldsContent(at: NamesCase, name: Hostname, parent: Parent): boolean {
  const terms = at.termsOf(parent);
  if (terms.kind !== 'publish') return terms.kind === 'suspended';
  return targetsAt(at, name, parent, terms).some(({ target }) => target.kind === 'contents');
}

function judgeVia(at: NamesCase, name: Hostname, zone: Zone, parent: Parent): NameVerdict {
  const terms = at.termsOf(parent);
  if (terms.kind === 'publish') return judgeTargets(at, name, zone, parent, terms);
  note(at, 'content-mode', false, () => terms.why, { name });
  return judgeWaiting(at, name, zone, parent, terms.why);
}

/** Nothing is published through this parent for now: what is held there stays, and keeps its name. */
function judgeWaiting(at: NamesCase, name: Hostname, zone: Zone, parent: Parent, why: string): NameVerdict {
  const terms = at.termsOf(parent);
  const types = typesUnder(terms);
  const claims = heldAt(at, name).filter((claim) => types.includes(claim.type));
  const byType = new Map(claims.map((claim) => [claim.type, claim]));
  const standing = standingOf(terms, why);
  const fate: Fate = { kind: 'kept', state: standing.kind, why: 'why' in standing ? standing.why : why };
  // A key that cannot be used was told with the annotations. Suspend is what somebody wants; but whoever adds a name
  // below a gateway that another has suspended waits for a record, and sees nothing of it on the route.
  const isTold = terms.kind === 'frozen' || (terms.kind === 'suspended' && claims.length > 0);
  const { gateway } = parent;
  const who = gateway?.kind === 'Gateway' ? placeText(gateway) : 'its gateway';
  const notice =
    terms.kind === 'suspended'
      ? `${who} carries routeflare/suspend: nothing is published until that is taken away`
      : why;
  return {
    wants: [...byType.values()].map((claim) =>
      heldWant(at, claim, zone, isStillSuspended(claim, parent, terms) ? { kind: 'suspended' } : standing),
    ),
    problems: isTold ? [] : [problemOf(at, 'Pending', notice, { name })],
    fateOf: (claim) =>
      isStillSuspended(claim, parent, terms)
        ? { kind: 'kept', state: 'suspended', why: claim.stateReason }
        : fateByType(claim, types, terms.settings, () => fate),
  };
}

function standingOf(terms: Terms, why: string): Exclude<Standing, { readonly kind: 'publish' }> {
  if (terms.kind === 'suspended') return { kind: 'suspended' };
  return terms.kind === 'frozen' ? { kind: 'frozen', why: terms.why } : { kind: 'pending', why };
}

function waiting(at: NamesCase, why: string): NameVerdict {
  const types = [...new Set(at.parents.flatMap((parent) => typesUnder(at.termsOf(parent))))];
  const fate: Fate = { kind: 'kept', state: 'pending', why };
  return {
    wants: [],
    problems: [],
    fateOf: (claim) => stillnessOf(at, claim) ?? fateByType(claim, types, at.settings, () => fate),
  };
}

interface TypeTarget {
  readonly type: RecordType;
  readonly target: Target;
}

interface Publishing {
  readonly settings: SourceSettings;
  readonly mode: PublishingMode;
}

function targetsAt(
  at: NamesCase,
  name: Hostname,
  { pool }: Parent,
  { settings, mode }: Publishing,
): readonly TypeTarget[] {
  return wantedTypes(settings, mode, pool).map((type) => ({
    type,
    target: targetOf({
      name,
      type,
      mode: modeOf(type, settings, mode),
      settings,
      pool,
      egress: at.world.input.egress,
      published: () =>
        at.world
          .claimsAt(name)
          .filter((claim) => claim.type === type)
          .map(({ content }) => content),
    }),
  }));
}

function judgeTargets(
  at: NamesCase,
  name: Hostname,
  zone: Zone,
  parent: Parent,
  terms: Extract<Terms, { readonly kind: 'publish' }>,
): NameVerdict {
  const targets = targetsAt(at, name, parent, terms);
  const wants: Want[] = [];
  const problems: Problem[] = [];
  const waits = new Map<RecordType, Fate>();
  const publishesAny = targets.some(({ target }) => target.kind === 'contents');
  const want = (type: RecordType, standing: Standing): Want => ({
    source: at.source,
    zone,
    name,
    type,
    standing,
    mode: modeOf(type, terms.settings, terms.mode),
    via: parent.gateway,
    ttl: terms.settings.ttl,
    proxied: terms.settings.proxied,
    adopt: at.settings.adopt,
  });
  for (const { type, target } of targets) {
    const mode = modeOf(type, terms.settings, terms.mode);
    const found = () =>
      target.kind === 'contents' ? `${target.contents.join(', ')}, ${originText(mode, parent)}` : target.why;
    note(at, 'content', target.kind === 'contents', found, { name, type });
    if (target.kind === 'contents') {
      wants.push(want(type, { kind: 'publish', contents: target.contents }));
      continue;
    }
    const isHeld = heldAt(at, name).some((claim) => claim.type === type);
    if (isHeld) wants.push(want(type, target));
    waits.set(type, { kind: 'kept', state: target.kind, why: target.why });
    const problem = problemWith(at, name, type, target, terms.settings);
    if (problem !== undefined && (isHeld || !publishesAny)) problems.push(problem);
  }
  const why = targets.map(({ target }) => (target.kind === 'contents' ? '' : target.why)).join('; ');
  const otherwise: Fate = publishesAny ? NOT_TAKEN : { kind: 'kept', state: 'pending', why };
  const types = typesUnder(terms);
  return {
    wants,
    problems,
    fateOf: (claim) => fateByType(claim, types, terms.settings, () => waits.get(claim.type) ?? otherwise),
  };
}

const NOT_TAKEN: Fate = { kind: 'kept', state: 'pending', why: 'another record is wanted in its place' };

/** Content that cannot be used was told with the annotations already, once for the source. */
function problemWith(
  at: NamesCase,
  name: Hostname,
  type: RecordType,
  target: Exclude<Target, { kind: 'contents' }>,
  settings: SourceSettings,
): Problem | undefined {
  if (target.kind === 'pending') return problemOf(at, 'Pending', target.why, { name, type });
  if (settings.content?.ok !== true) return undefined;
  return problemOf(at, 'InvalidAnnotation', target.why, { name, type });
}
