import { setTimeout as sleep } from 'node:timers/promises';
import { Cloudflare } from '../cloudflare/cloudflare.ts';
import { diskFiles } from '../config/text-file.ts';
import { TokenSource } from '../config/token-source.ts';
import type { CloudflareSettings, OwnershipSettings, PolicySettings } from '../config/sections.ts';
import { zoneText } from '../config/value-forms.ts';
import { deriveDesired, type DesiredInput } from '../desired/desired.ts';
import { zoningOf } from '../desired/zoning.ts';
import type { Family } from '../domain/address.ts';
import type { EgressState } from '../domain/egress.ts';
import { known } from '../domain/observation.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { SOURCE_KINDS } from '../domain/source.ts';
import type { ActualRecord } from '../domain/record.ts';
import type { Zone } from '../domain/zone.ts';
import { manifestCluster, type ManifestCluster } from '../kubernetes/manifest-snapshot.ts';
import { viewOfZone } from '../plan/actual.ts';
import { describePlan, problemLine, type PlanLine } from '../plan/describe.ts';
import { makePlan } from '../plan/plan.ts';
import { recoverClaims } from '../plan/recover.ts';
import { zoneNames } from './demo-zone-names.ts';
import type { CommandContext } from './context.ts';
import { guessIdentity } from './plan-identity.ts';
import { readManifestFiles } from './plan-manifest-files.ts';
import { settingsOrTell } from './settings.ts';

/** What manifests would change, with what was taken for granted on the way. */
export interface ManifestPlan {
  readonly lines: readonly PlanLine[];
  /** A sentence each. */
  readonly notes: readonly string[];
}

interface Settings {
  readonly ownership: OwnershipSettings;
  readonly policy: PolicySettings;
}

/**
 * Plans what is in files, directories or standard input, without a cluster and a ledger. With a token it is compared
 * with what stands at Cloudflare, which is read and never written; without one everything that would be published is
 * listed. @returns `undefined` where that failed, and standard error says why
 */
export async function planManifests(
  context: Pick<CommandContext, 'env' | 'stderr'>,
  paths: readonly string[],
): Promise<ManifestPlan | undefined> {
  const { env, stderr } = context;
  const hasToken = ['CLOUDFLARE_API_TOKEN', 'CLOUDFLARE_API_TOKEN_FILE'].some((name) => env[name]?.trim());
  const settings = settingsOrTell(context, (read) => ({
    kubernetes: read.kubernetes(),
    ownership: read.ownership(),
    policy: read.policy(),
    cloudflare: hasToken ? read.cloudflare() : undefined,
  }));
  if (settings === undefined) return undefined;
  const { kubernetes, cloudflare } = settings.config;
  const manifests = await readManifestFiles(paths);
  const cluster = manifests.ok
    ? manifestCluster(
        manifests.value,
        { kinds: kubernetes.sources, selected: kubernetes.sourceSelector?.selects ?? (() => true) },
        kubernetes.watchNamespaces,
      )
    : undefined;
  const wrong = manifests.ok ? (cluster?.wrong ?? []) : manifests.error;
  if (cluster === undefined || wrong.length > 0) {
    stderr.write(wrong.map((line) => `routeflare: ${line}\n`).join(''));
    return undefined;
  }
  const planned =
    cloudflare === undefined
      ? ok(withoutToken(cluster, settings.config))
      : await compared(cluster, settings.config, cloudflare);
  if (!planned.ok) {
    stderr.write(`routeflare: ${planned.error}\n`);
    return undefined;
  }
  return {
    lines: planned.value.lines,
    notes: [...cluster.ignored, ...planned.value.notes, ...cluster.assumed],
  };
}

/** Zones go by the looks of the names, and nothing stands in them. */
function withoutToken(cluster: ManifestCluster, settings: Settings): ManifestPlan {
  const zones = guessedZones(cluster).map((name) => ({ id: name, name, status: 'active' }));
  const { lines } = planned(cluster, settings, zones, new Map());
  return {
    lines: lines.map((line) =>
      line.sign === '+' ? { ...line, reason: line.reason.replace(/^new, /, '') } : line,
    ),
    notes: ['nothing is compared with Cloudflare, for want of a token; zones are guessed from the names'],
  };
}

async function compared(
  cluster: ManifestCluster,
  settings: Settings,
  { token: origin, baseUrl, zones: selectors }: CloudflareSettings,
): Promise<Result<ManifestPlan, string>> {
  const token = new TokenSource(origin, diskFiles, () => {});
  const cloudflare = new Cloudflare({
    baseUrl,
    token: () => token.current(),
    now: Date.now,
    random: Math.random,
    signal: new AbortController().signal,
    sleep: (ms, until) => sleep(ms, undefined, { signal: until }),
  });
  try {
    const listed = await cloudflare.zones();
    if (!listed.ok) return err(`the zones cannot be listed: ${listed.problem.message}`);
    const wanted = selectors?.map(zoneText);
    const zones = listed.value.filter(
      ({ id, name }) => wanted === undefined || wanted.includes(id) || wanted.includes(name),
    );
    const { wants } = deriveDesired(inputOf(cluster, settings, zones));
    const records = new Map<string, readonly ActualRecord[]>();
    for (const { zone } of wants) {
      if (records.has(zone.id)) continue;
      const all = await cloudflare.listZone(zone);
      if (!all.ok) return err(`zone ${zone.name} cannot be read: ${all.problem.message}`);
      records.set(zone.id, all.value);
    }
    return ok(planned(cluster, settings, zones, records));
  } finally {
    await cloudflare[Symbol.asyncDispose]();
  }
}

/** @param records of each zone where something is wanted; none for one that is missing */
function planned(
  cluster: ManifestCluster,
  settings: Settings,
  zones: readonly Zone[],
  records: ReadonlyMap<string, readonly ActualRecord[]>,
): ManifestPlan {
  const input = inputOf(cluster, settings, zones);
  const { wants } = deriveDesired(input);
  const { identity, said } = guessIdentity(settings.ownership, wants, [...records.values()].flat());
  const now = Date.now();
  const recordsOf = (zone: Zone): readonly ActualRecord[] => records.get(zone.id) ?? [];
  const claims = zones.flatMap((zone) => recoverClaims(recordsOf(zone), [], zone, identity, now));
  const desired = deriveDesired({ ...input, claims });
  const used = new Map(desired.wants.map(({ zone }) => [zone.id, zone]));
  const { strategy } = settings.policy;
  const plans = [...used.values()].map((zone) =>
    makePlan({
      zone,
      desired,
      actual: viewOfZone(recordsOf(zone)),
      claims,
      identity,
      limits: { now, deleteDelayMs: 0, strategy, held: new Map(), unjudged: false, approved: new Set() },
      protectedBy: (name) => zoningOf(input).protectedBy(name),
      remembered: () => undefined,
    }),
  );
  const changes = plans.flatMap((plan) => describePlan({ ...plan, problems: [], orphans: [] }));
  const problems = [...desired.problems.filter(isOfManifests), ...plans.flatMap((plan) => plan.problems)];
  return { lines: [...changes, ...problems.map(problemLine)], notes: said === undefined ? [] : [said] };
}

/** That kinds with records are known from manifests only is no news here. */
function isOfManifests({
  reason,
  source,
  name,
  zone,
}: {
  readonly reason: string;
  readonly source?: unknown;
  readonly name?: string;
  readonly zone?: string;
}): boolean {
  return reason !== 'Pending' || source !== undefined || name !== undefined || zone !== undefined;
}

function inputOf(cluster: ManifestCluster, { policy }: Settings, zones: readonly Zone[]): DesiredInput {
  const why = 'only the controller in its cluster can tell';
  const egress = ([4, 6] as const).map((family): [Family, EgressState] => [
    family,
    { family, votes: [], status: 'unavailable', why },
  ]);
  return {
    cluster: cluster.snapshot,
    egress: new Map(egress),
    zones: known(zones),
    claims: [],
    protectedNames: policy.protectedNames,
    watchedKinds: new Set(SOURCE_KINDS.filter((kind) => cluster.snapshot.sources[kind] !== undefined)),
  };
}

function guessedZones({ snapshot }: ManifestCluster): readonly string[] {
  const sources = Object.values(snapshot.sources).flatMap((view) => [...view.objects.values()]);
  const parents = [...snapshot.gateways.objects.values(), ...(snapshot.listenerSets?.objects.values() ?? [])];
  return zoneNames([
    ...sources.map(({ kind, name, annotations, hostnames }) => ({
      apiVersion: '',
      kind,
      metadata: { name, annotations: { 'routeflare/hostnames': annotations['hostnames'] } },
      spec: { hostnames },
    })),
    ...parents.map(({ name, listeners }) => ({
      apiVersion: '',
      kind: '',
      metadata: { name },
      spec: { listeners },
    })),
  ]);
}
