import type { Claim } from '../domain/claim.ts';
import type { SourceObject } from '../domain/cluster.ts';
import type { Problem } from '../domain/problem.ts';
import { recordKey } from '../domain/record.ts';
import { quoted } from '../domain/shown-text.ts';
import type { SourceRef } from '../domain/source.ts';
import type { Fate, Standing, Want } from '../domain/want.ts';
import type { ParentName } from './annotation-values.ts';
import { readAnnotations } from './annotations.ts';
import { judgeNames } from './names-verdict.ts';
import { withReadiness } from './readiness.ts';
import { heldWant, problemOf, type SourceCase } from './source-case.ts';
import { note } from './trace.ts';
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
  const own = readAnnotations({ kind: object.kind, own: object.annotations });
  const { settings, frozen } = own;
  const at: SourceCase = { object, source, settings, world, zoning };
  const problems = [...own.complaints, ...own.warnings].map((message) =>
    problemOf(at, 'InvalidAnnotation', message),
  );
  if (settings.suspend) {
    const why = 'its source carries routeflare/suspend';
    note(at, 'suspend', false, () => why);
    return still(at, problems, { kind: 'suspended' }, { kind: 'kept', state: 'suspended', why });
  }
  note(at, 'annotations', frozen === undefined, () => frozen ?? keysText(object));
  if (frozen !== undefined) {
    return still(
      at,
      problems,
      { kind: 'frozen', why: frozen },
      { kind: 'kept', state: 'frozen', why: frozen },
    );
  }
  if (settings.mode === 'none') {
    const why = 'routeflare/content-mode is none';
    note(at, 'content-mode', false, () => why);
    return withoutWants(problems, { kind: 'doomed', evidence: 'content-mode-removed', why });
  }
  const { gateway } = settings;
  if (gateway !== undefined && !object.parentRefs.some((ref) => refersTo(ref, gateway))) {
    const why = strangeParent(object);
    note(at, 'parent', false, () => why);
    const told = [...problems, problemOf(at, 'InvalidAnnotation', why)];
    return still(at, told, { kind: 'frozen', why }, { kind: 'kept', state: 'frozen', why });
  }
  return withReadiness(at, judgeNames(at, own));
}

function keysText({ annotations }: SourceObject): string {
  const keys = Object.entries(annotations).map(([key, value]) => `${key}: ${value}`);
  return keys.length === 0 ? 'it has none of its own' : keys.sort().join(', ');
}

function refersTo(ref: { readonly namespace: string; readonly name: string }, named: ParentName): boolean {
  return ref.name === named.name && (named.namespace === undefined || named.namespace === ref.namespace);
}

function strangeParent(object: SourceObject): string {
  const parents = object.parentRefs.map((ref) => `${ref.namespace}/${ref.name}`);
  const allowed = parents.length === 0 ? 'the route has none' : [...new Set(parents)].join(', ');
  const raw = object.annotations['gateway'] ?? '';
  return `routeflare/gateway: ${quoted(raw)} names no parent of the route; allowed: ${allowed}`;
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
