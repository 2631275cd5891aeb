import type { Obstacle } from '../domain/problem.ts';
import { excludes, isRecordType } from '../domain/record.ts';
import type { Want } from '../domain/want.ts';
import { registryNames } from './external-dns.ts';
import { adoptNamed, areNamed, pushAdoption } from './adopt-named.ts';
import { fieldsFor } from './fields.ts';
import type { Draft, Judged } from './read.ts';

/**
 * Strangers' records stand where a record is wanted. They are reported; only the one existing unmarked record
 * of the wanted type, on a name whose source says `adopt`, is taken over in place. What an external-dns TXT
 * record claims is a stranger's, so the whole zone is read before.
 */
export function tryAdopt(
  draft: Draft,
  want: Want,
  contents: readonly string[],
  blockers: readonly Judged[],
): void {
  const single = singleCandidate(want, contents, blockers);
  const named = areNamed(draft, blockers);
  if (!named && single === undefined) {
    reportBlocked(draft, want, blockers, claimSeen(draft, want, blockers));
    return;
  }
  if (draft.input.actual.all === undefined) {
    draft.needsWhole = true;
    return;
  }
  const registry = externalDnsClaim(draft, want);
  if (registry !== undefined) {
    reportBlocked(draft, want, blockers, registry);
    return;
  }
  if (named) adoptNamed(draft, want, contents, blockers);
  else if (single !== undefined) {
    const after = fieldsFor(want, single.content, single.judged.record, undefined);
    const reason = 'routeflare/adopt; from now on it is deleted when its holder goes';
    pushAdoption(draft, want, single.judged, after, reason);
  }
}

/** Where the whole zone was read anyhow: a TXT record of external-dns by its usual name, so that the mend is the right one. */
function claimSeen(draft: Draft, want: Want, blockers: readonly Judged[]): string | undefined {
  const usual = new Set(
    blockers.flatMap(({ record }) => Object.values(registryNames(NO_AFFIX, want.name, record.type))),
  );
  return draft.input.externalDnsNames().find((name) => usual.has(name));
}

const NO_AFFIX = { owner: '', prefix: '', suffix: '', wildcard: '' };

/** The one record that `routeflare/adopt` may take: unmarked, of the wanted type, and alone. */
function singleCandidate(
  want: Want,
  contents: readonly string[],
  blockers: readonly Judged[],
): { readonly judged: Judged; readonly content: string } | undefined {
  const [judged, ...others] = blockers;
  const [content, ...more] = contents;
  if (!want.adopt || judged === undefined || content === undefined) return undefined;
  if (others.length > 0 || more.length > 0) return undefined;
  const fits = judged.ownership.kind === 'unmarked' && judged.record.type === want.type;
  return fits ? { judged, content } : undefined;
}

/**
 * Tells the source whose records are in its way, and what can be done about it.
 * @param registry the name of a TXT record of external-dns that claims the name
 */
export function reportBlocked(
  draft: Draft,
  want: Want,
  blockers: readonly Judged[],
  registry?: string,
): void {
  const found = blockers.map(
    ({ record, ownership }) => `${record.type} ${record.content} (${ownershipText(record.id, ownership)})`,
  );
  const clash = blockers.some(({ record }) => isRecordType(record.type) && excludes(record.type, want.type));
  const owned = blockers.every(({ ownership }) => ownership.kind !== 'unmarked');
  const obstacle = obstacleOf(blockers, registry, owned);
  const mend =
    obstacle?.kind === 'registry'
      ? `external-dns claims it (TXT ${obstacle.text}); "routeflare import external-dns" takes over what it made`
      : obstacle?.kind === 'delegation'
        ? DELEGATED
        : mendFor(want, clash, owned, blockers.length);
  draft.problems.push({
    reason: 'RecordConflict',
    source: want.source,
    zone: want.zone.name,
    name: want.name,
    type: want.type,
    message: `${want.type} ${want.name} is blocked by ${found.join(', ')}; ${mend}`,
    ...(obstacle === undefined ? {} : { obstacle }),
  });
}

function obstacleOf(
  blockers: readonly Judged[],
  registry: string | undefined,
  owned: boolean,
): Obstacle | undefined {
  if (registry !== undefined) return { kind: 'registry', text: registry };
  if (blockers.some(({ record }) => record.type === 'NS')) return { kind: 'delegation' };
  return owned ? undefined : { kind: 'unowned' };
}

const DELEGATED =
  'an NS record hands the name over to other name servers, and nothing stands beside it: publish the name there, or remove the NS record';

/** What to do about it; adopting helps only where nobody is named as the owner. */
function mendFor(want: Want, clash: boolean, owned: boolean, count: number): string {
  const them = count > 1 ? 'them' : 'it';
  if (clash) {
    const adopt = owned ? '' : `, or "routeflare adopt ${want.name}" where it has no owner`;
    return `a CNAME cannot stand beside an address: one of them has to go${adopt}`;
  }
  if (owned) return `nothing is created beside ${them}: its owner has to let go of the name`;
  return count > 1
    ? `nothing is created beside them: remove them, or "routeflare adopt ${want.name}" where they have no owner`
    : 'nothing is created beside it: remove it, or set routeflare/adopt: "true"';
}

function ownershipText(id: string, ownership: Judged['ownership']): string {
  return ownership.why.includes(id) ? ownership.why : `record ${id}: ${ownership.why}`;
}

/**
 * The TXT registry of external-dns: on the name itself, or with its prefix, suffix and record type around the first
 * label. A wildcard's label is replaced by any word, so that every one of its zone's names counts.
 * https://kubernetes-sigs.github.io/external-dns/latest/docs/registry/txt/
 */
function externalDnsClaim(draft: Draft, want: Want): string | undefined {
  const [first = '', ...rest] = want.name.split('.');
  const label = first === '*' ? '' : first;
  const parent = `.${rest.join('.')}`;
  return draft.input
    .externalDnsNames()
    .find(
      (name) =>
        name.includes(want.name) || (name.endsWith(parent) && name.slice(0, -parent.length).includes(label)),
    );
}
