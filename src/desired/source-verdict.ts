import type { Claim } from '../domain/claim.ts';
import type { SourceObject } from '../domain/cluster.ts';
import type { Problem } from '../domain/problem.ts';
import { recordKey } from '../domain/record.ts';
import type { SourceRef } from '../domain/source.ts';
import type { Fate, Standing, Want } from '../domain/want.ts';
import type { ParentName } from './annotation-values.ts';
import { readAnnotations } from './annotations.ts';
import { judgeRoute } from './route-verdict.ts';
import { heldWant, problemOf, type SourceCase } from './source-case.ts';
import type { World } from './world.ts';
import type { Zoning } from './zoning.ts';

/** What one source asks for, before other sources are heard. */
export interface SourceVerdict {
  readonly wants: readonly Want[];
  readonly problems: readonly Problem[];
  /** What the source says of a record that it holds, should no want take it. */
  fateOf(claim: Claim): Fate;
  /** Families that it takes from the egress address. */
  readonly egressFamilies: readonly (4 | 6)[];
}

/** Judges a source that is there, watched and selected. `suspend` goes before every other key. */
export function judgeSource(object: SourceObject, world: World, zoning: Zoning): SourceVerdict {
  const source: SourceRef = { kind: object.kind, namespace: object.namespace, name: object.name };
  const { settings, frozen, complaints } = readAnnotations(object);
  const at: SourceCase = { object, source, settings, world, zoning };
  const problems = complaints.map((message) => problemOf(at, 'InvalidAnnotation', message));
  if (settings.suspend) {
    const why = 'its source carries routeflare/suspend';
    return still(at, problems, { kind: 'suspended' }, { kind: 'kept', state: 'suspended', why });
  }
  if (frozen !== undefined) {
    return still(
      at,
      problems,
      { kind: 'frozen', why: frozen },
      { kind: 'kept', state: 'frozen', why: frozen },
    );
  }
  const { mode } = settings;
  if (mode === undefined || mode === 'none') {
    const why =
      mode === undefined ? 'routeflare/content-mode was taken away' : 'routeflare/content-mode is none';
    return withoutWants(problems, { kind: 'doomed', evidence: 'content-mode-removed', why });
  }
  if (object.kind === 'Ingress' || object.kind === 'Service') {
    const why = `this release does not read ${object.kind} objects`;
    const told = [...problems, problemOf(at, 'Pending', why)];
    return still(at, told, { kind: 'pending', why }, { kind: 'kept', state: 'pending', why });
  }
  const { gateway } = settings;
  if (gateway !== undefined && !object.parentRefs.some((ref) => refersTo(ref, gateway))) {
    const why = strangeParent(object);
    const told = [...problems, problemOf(at, 'InvalidAnnotation', why)];
    return still(at, told, { kind: 'frozen', why }, { kind: 'kept', state: 'frozen', why });
  }
  const verdict = judgeRoute(at, mode);
  return { ...verdict, problems: [...problems, ...verdict.problems] };
}

function refersTo(ref: { readonly namespace: string; readonly name: string }, named: ParentName): boolean {
  return ref.name === named.name && (named.namespace === undefined || named.namespace === ref.namespace);
}

function strangeParent(object: SourceObject): string {
  const parents = object.parentRefs.map((ref) => `${ref.namespace}/${ref.name}`);
  const allowed = parents.length === 0 ? 'the route has none' : [...new Set(parents)].join(', ');
  const raw = object.annotations['gateway'] ?? '';
  return `routeflare/gateway: "${raw}" names no parent of the route; allowed: ${allowed}`;
}

/** Every record stays exactly as it is, and its name with its holder. */
function still(at: SourceCase, problems: readonly Problem[], standing: Standing, fate: Fate): SourceVerdict {
  const wants = new Map<string, Want>();
  for (const claim of at.world.heldBy(at.source)) {
    const place = at.zoning.placeOf(claim.name);
    if (place.kind === 'zone')
      wants.set(recordKey(claim.name, claim.type), heldWant(at, claim, place.zone, standing));
  }
  return { wants: [...wants.values()], problems, fateOf: () => fate, egressFamilies: [] };
}

function withoutWants(problems: readonly Problem[], fate: Fate): SourceVerdict {
  return { wants: [], problems, fateOf: () => fate, egressFamilies: [] };
}
