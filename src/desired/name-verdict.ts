import type { Hostname } from '../domain/hostname.ts';
import type { Problem } from '../domain/problem.ts';
import { recordKey, type RecordType } from '../domain/record.ts';
import type { Fate, Want } from '../domain/want.ts';
import type { Zone } from '../domain/zone.ts';
import type { Parent } from './attachment.ts';
import { refusalWhy } from './refusals.ts';
import { chooseParent } from './parent-choice.ts';
import { modeOf, possibleTypes, wantedTypes } from './record-types.ts';
import { heldAt, heldWant, problemOf, type RouteCase } from './source-case.ts';
import { targetOf, type Target } from './targets.ts';

/** What a route wants at one name. */
export interface NameVerdict {
  readonly wants: readonly Want[];
  readonly problems: readonly Problem[];
  /** Fates of records there that are not written now, by record key, or by the name for all of its types. */
  readonly waits: ReadonlyMap<string, Fate>;
}

/** Judges a name that at least one parent gives, or would give once it accepts the route. */
export function judgeName(at: RouteCase, name: Hostname): NameVerdict {
  const refused = refusalWhy(at.world.input.refusals, at.object, name);
  if (refused !== undefined) {
    return { ...waiting(name, refused), problems: [problemOf(at, 'Pending', refused, { name })] };
  }
  const place = at.zoning.placeOf(name);
  if (place.kind === 'nowhere') {
    const problems = place.reason === undefined ? [] : [problemOf(at, place.reason, place.why, { name })];
    return { ...waiting(name, place.why), problems };
  }
  const via = heldAt(at, name).find((claim) => claim.via !== undefined)?.via;
  const targets = (parent: Parent) => targetsAt(at, name, parent);
  const choice = chooseParent(name, at.parents, at.settings.gateway, via, (parent) =>
    targets(parent).some(({ target }) => target.kind === 'contents'),
  );
  switch (choice.kind) {
    case 'parent':
      return judgeTargets(at, name, place.zone, choice.parent, targets(choice.parent));
    case 'waiting': {
      const problems = [problemOf(at, 'Pending', choice.why, { name })];
      return { ...waiting(name, choice.why), wants: heldWants(at, name, place.zone, choice.why), problems };
    }
    case 'detached':
      return { wants: [], problems: [], waits: new Map() };
  }
}

function waiting(name: Hostname, why: string): NameVerdict {
  return { wants: [], problems: [], waits: new Map([[name, { kind: 'kept', state: 'pending', why }]]) };
}

/** The records held there that the settings still ask for: each keeps its name, and waits. */
function heldWants(at: RouteCase, name: Hostname, zone: Zone, why: string): readonly Want[] {
  const types = possibleTypes(at.settings, at.mode);
  const claims = heldAt(at, name).filter((claim) => types.includes(claim.type));
  const byType = new Map(claims.map((claim) => [claim.type, claim]));
  return [...byType.values()].map((claim) => heldWant(at, claim, zone, { kind: 'pending', why }));
}

interface TypeTarget {
  readonly type: RecordType;
  readonly target: Target;
}

function targetsAt(at: RouteCase, name: Hostname, parent: Parent): readonly TypeTarget[] {
  const { settings, mode, world } = at;
  const pool = parent.object === undefined ? undefined : world.poolOf(parent.object);
  return wantedTypes(settings, mode, pool).map((type) => ({
    type,
    target: targetOf({
      name,
      type,
      mode: modeOf(type, settings, mode),
      settings,
      pool,
      egress: world.input.egress,
      published: () =>
        world
          .claimsAt(name)
          .filter((claim) => claim.type === type)
          .map(({ content }) => content),
    }),
  }));
}

function judgeTargets(
  at: RouteCase,
  name: Hostname,
  zone: Zone,
  parent: Parent,
  targets: readonly TypeTarget[],
): NameVerdict {
  const wants: Want[] = [];
  const problems: Problem[] = [];
  const waits = new Map<string, Fate>();
  const publishesAny = targets.some(({ target }) => target.kind === 'contents');
  for (const { type, target } of targets) {
    if (target.kind === 'contents') {
      const standing = { kind: 'publish' as const, contents: target.contents };
      wants.push(wantAt(at, name, type, zone, parent, standing));
      continue;
    }
    const isHeld = heldAt(at, name).some((claim) => claim.type === type);
    if (isHeld) wants.push(wantAt(at, name, type, zone, parent, target));
    waits.set(recordKey(name, type), { kind: 'kept', state: target.kind, why: target.why });
    const problem = problemWith(at, name, type, target);
    if (problem !== undefined && (isHeld || !publishesAny)) problems.push(problem);
  }
  if (!publishesAny) {
    const why = targets.map(({ target }) => (target.kind === 'contents' ? '' : target.why)).join('; ');
    waits.set(name, { kind: 'kept', state: 'pending', why });
  }
  return { wants, problems, waits };
}

function wantAt(
  at: RouteCase,
  name: Hostname,
  type: RecordType,
  zone: Zone,
  parent: Parent,
  standing: Want['standing'],
): Want {
  const { source, settings } = at;
  return {
    source,
    zone,
    name,
    type,
    standing,
    mode: modeOf(type, settings, at.mode),
    via: parent.gateway,
    ttl: settings.ttl,
    proxied: settings.proxied,
    adopt: settings.adopt,
  };
}

/** Content that cannot be used was told with the annotations already, once for the source. */
function problemWith(
  at: RouteCase,
  name: Hostname,
  type: RecordType,
  target: Exclude<Target, { kind: 'contents' }>,
): Problem | undefined {
  if (target.kind === 'pending') return problemOf(at, 'Pending', target.why, { name, type });
  if (at.settings.content?.ok !== true) return undefined;
  return problemOf(at, 'InvalidAnnotation', target.why, { name, type });
}
