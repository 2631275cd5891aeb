import type { Claim } from '../domain/claim.ts';
import type { SourceObject } from '../domain/cluster.ts';
import { refText, SOURCE_KINDS, type SourceKind, type SourceRef } from '../domain/source.ts';
import type { Fate } from '../domain/want.ts';
import type { SourceVerdict } from './source-verdict.ts';
import type { DesiredInput } from './world.ts';

/**
 * Sources that are selected, as they are or, where their watch makes no progress, as they were last known: the
 * only ones that are asked. Those last known go on being served; only their absence proves nothing.
 */
export function liveSources(input: DesiredInput): readonly SourceObject[] {
  const { sources, watchedNamespaces } = input.cluster;
  const isKnown = (kind: SourceKind) => {
    const trust = sources[kind]?.trust.kind;
    return trust === 'current' || trust === 'stale';
  };
  return SOURCE_KINDS.filter((kind) => input.watchedKinds.has(kind) && isKnown(kind))
    .flatMap((kind) => [...(sources[kind]?.objects.values() ?? [])])
    .filter((object) => object.selected && (watchedNamespaces?.has(object.namespace) ?? true));
}

/** Why nothing can be concluded about objects of a kind in a namespace; `undefined` when absence is proof. */
export function whyUnknown(input: DesiredInput, kind: SourceKind, namespace: string): string | undefined {
  const { sources, watchedNamespaces } = input.cluster;
  if (!input.watchedKinds.has(kind)) return `SOURCES does not include ${kind.toLowerCase()}`;
  if (watchedNamespaces?.has(namespace) === false) return `WATCH_NAMESPACES does not include ${namespace}`;
  const trust = sources[kind]?.trust;
  if (trust === undefined) return `${kind} objects are not watched`;
  return trust.kind === 'current' ? undefined : `${kind} objects are not known: ${trust.why}`;
}

/**
 * What its holder says of a claim, other sources not heard. Absence from a complete list dooms it, or, where the
 * holder was suspended when last seen, leaves it until that holder, or another source, asks for it again.
 */
export function ownFate(
  input: DesiredInput,
  verdicts: ReadonlyMap<string, SourceVerdict>,
  claim: Claim,
): Fate {
  const { holder } = claim;
  if (claim.state === 'released') return kept(claim, 'released');
  const own = holder === undefined ? undefined : verdicts.get(refText(holder))?.fateOf(claim);
  if (claim.state === 'left') {
    // Its holder is there again, and wants it as it is: so no other source takes its name.
    if (own?.kind === 'kept' && (own.state === 'suspended' || own.state === 'frozen')) return own;
    return left(claim.stateReason === '' ? LEFT : claim.stateReason);
  }
  if (holder === undefined) return fateUnheld(input, claim);
  const unknown = whyUnknown(input, holder.kind, holder.namespace);
  if (unknown === undefined) return own ?? fateWithout(input, claim, holder);
  return own === undefined || own.kind === 'doomed' ? kept(claim, unknown) : own;
}

/** Nobody can ever prove gone what a marker was too short to name: only a person's word lets such a record go. */
function fateUnheld(input: DesiredInput, claim: Claim): Fate {
  const isWhole = [...input.watchedKinds].every(
    (kind) => input.cluster.sources[kind]?.trust.kind === 'current',
  );
  return isWhole ? left(UNHELD) : kept(claim, 'its holder is not known');
}

function fateWithout(input: DesiredInput, claim: Claim, holder: SourceRef): Fate {
  const key = `${holder.namespace}/${holder.name}`;
  const view = input.cluster.sources[holder.kind];
  const text = refText(holder);
  if (view?.present(key) !== true) {
    if (claim.state === 'suspended') return left(LEFT);
    return { kind: 'doomed', evidence: 'holder-absent', why: `${text} is gone` };
  }
  if (view.objects.has(key)) return kept(claim, `SOURCE_SELECTOR does not take ${text}`);
  return {
    kind: 'doomed',
    evidence: 'content-mode-removed',
    why: `${text} has no routeflare/ annotation any more`,
  };
}

const LEFT = 'its source was deleted while it carried routeflare/suspend';

const UNHELD = 'its marker names no holder, and no source here asks for it';

function left(why: string): Fate {
  return { kind: 'kept', state: 'left', why };
}

/** That its holder was suspended when last seen is not forgotten while the holder is out of sight. */
export function kept(claim: Claim, why: string): Fate {
  const state = claim.state === 'suspended' || claim.state === 'left' ? claim.state : 'pending';
  return { kind: 'kept', state, why };
}
