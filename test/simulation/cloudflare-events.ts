import { isRecordType, type ActualRecord, type RecordType } from '../../src/domain/record.ts';
import type { WorldEvent } from './events.ts';
import type { Lab } from './lab.ts';
import { at } from './random.ts';
import { ALL_ZONES, FORMER, NAMES, OTHER_CLUSTER, OWNER, TARGETS, TOKENS, V4, V6 } from './names.ts';
import { zoneOf } from './oracle.ts';
import type { Random } from './random.ts';
import { USUAL_QUOTA } from './rate.ts';

const COMMENTS = ['', '', 'by Ann', 'w'.repeat(60), 'w'.repeat(97)];
const THEIRS = ['record-owner-id=somebody-else cccccccc:HTTPRoute/web/r0', 'record-owner-id=somebody-else'];

function contentFor(type: RecordType, random: Random): string {
  if (type === 'CNAME') return random.pick(TARGETS);
  return type === 'A' ? random.pick(V4) : random.pick(V6);
}

function someRecord(lab: Lab, random: Random): ActualRecord | undefined {
  const all = [...lab.cloudflare.records.values()].map(({ record }) => record);
  return all.length === 0 ? undefined : random.pick(all);
}

const onRecord =
  (
    change: (record: ActualRecord, random: Random, lab: Lab) => Partial<ActualRecord> | undefined,
  ): WorldEvent =>
  (lab, random) => {
    const record = someRecord(lab, random);
    const patch = record === undefined ? undefined : change(record, random, lab);
    if (record === undefined || patch === undefined) return undefined;
    if (!lab.cloudflare.put({ ...record, ...patch }, lab.clock.elapsed)) return undefined;
    return `somebody changes ${record.type} ${record.name} (${record.id}): ${JSON.stringify(patch)}`;
  };

/** A record that another makes by its own means, with that comment. */
const made =
  (comment: (random: Random) => string): WorldEvent =>
  (lab, random) => {
    const name = random.pick(NAMES);
    const zone = zoneOf(name, [...lab.cloudflare.zones.values()]);
    if (zone === undefined) return undefined;
    const type = random.pick(['A', 'A', 'AAAA', 'CNAME'] as const);
    const record = {
      zoneId: zone.id,
      name,
      type,
      content: contentFor(type, random),
      ttl: random.pick(['auto', 300] as const),
      proxied: random.chance(0.2),
      comment: comment(random),
      readOnly: false,
    };
    if (!lab.cloudflare.put(record, lab.clock.elapsed)) return undefined;
    return `somebody makes ${type} ${name} → ${record.content}, comment "${record.comment}"`;
  };

const marker = (owner: string, cluster: string) => (random: Random) =>
  `record-owner-id=${owner} ${cluster}:HTTPRoute/web/r${random.below(3)}`;

export const CLOUDFLARE_EVENTS: Readonly<Record<string, WorldEvent>> = {
  'person edits content': onRecord((record, random) =>
    isRecordType(record.type) ? { content: contentFor(record.type, random) } : undefined,
  ),
  'person edits proxied': onRecord((record) => ({ proxied: !record.proxied })),
  'person edits ttl': onRecord((_record, random) => ({ ttl: random.pick(['auto', 300, 3600] as const) })),
  'person strips the marker': onRecord((_record, random) => ({ comment: random.pick(COMMENTS) })),
  'person strips the marker and edits': onRecord((record, random) =>
    isRecordType(record.type) ? { comment: '', content: contentFor(record.type, random) } : undefined,
  ),
  'person adds words': onRecord((record, random) => {
    const comment = `${random.pick(['by Ann', 'n'.repeat(30)])} ${record.comment}`;
    return comment.length > 100 ? undefined : { comment };
  }),
  'person renames': onRecord((record, random) => {
    const name = random.pick(NAMES);
    const zone = ALL_ZONES.find((each) => each.id === record.zoneId);
    return zone !== undefined && (name === zone.name || name.endsWith(`.${zone.name}`))
      ? { name }
      : undefined;
  }),
  'person retypes': onRecord((_record, random) => {
    const type = random.pick(['A', 'AAAA', 'CNAME'] as const);
    return { type, content: contentFor(type, random) };
  }),
  'person duplicates': (lab, random) => {
    const record = someRecord(lab, random);
    if (record === undefined || !isRecordType(record.type)) return undefined;
    const { id: _id, ...copy } = { ...record, content: contentFor(record.type, random) };
    if (!lab.cloudflare.put(copy, lab.clock.elapsed)) return undefined;
    return `somebody copies ${record.type} ${record.name} with its comment, to ${copy.content}`;
  },
  'person deletes': (lab, random) => {
    const record = someRecord(lab, random);
    if (record === undefined) return undefined;
    lab.cloudflare.remove(record.id, lab.clock.elapsed);
    return `somebody deletes ${record.type} ${record.name} (${record.id})`;
  },
  'person creates': made((random) => random.pick(COMMENTS)),
  'person puts a record of their own in place, to be adopted': (lab, random) => {
    const routes = [...lab.cluster.truth.routes.values()];
    if (routes.length === 0) return undefined;
    const route = random.pick(routes);
    const name = random.pick(route.hostnames);
    const zone = zoneOf(name, [...lab.cloudflare.zones.values()]);
    if (zone === undefined) return undefined;
    for (const record of lab.cloudflare.inZone(zone.id)) {
      if (record.name === name) lab.cloudflare.remove(record.id, lab.clock.elapsed);
    }
    const record = { zoneId: zone.id, name, type: 'A', content: random.pick(V4), ttl: 'auto' as const };
    const more = { proxied: false, comment: random.pick(COMMENTS), readOnly: false };
    if (!lab.cloudflare.put({ ...record, ...more }, lab.clock.elapsed)) return undefined;
    const { suspend: _suspend, type: _type, ...notes } = route.annotations;
    lab.cluster.putRoute({ ...route, annotations: { ...notes, adopt: 'true' } });
    return `somebody puts A ${name} → ${record.content} in place, and route ${route.namespace}/${route.name} is to adopt it`;
  },
  'person creates a text record': (lab, random) => {
    const name = random.pick(NAMES);
    const zone = zoneOf(name, [...lab.cloudflare.zones.values()]);
    if (zone === undefined) return undefined;
    const content = random.pick(['hello', 'heritage=external-dns,external-dns/owner=x']);
    const record = { zoneId: zone.id, name, type: 'TXT', content, ttl: 'auto' as const, proxied: false };
    if (!lab.cloudflare.put({ ...record, comment: '', readOnly: false }, lab.clock.elapsed)) return undefined;
    return `somebody makes TXT ${name} "${content}"`;
  },
  'another owner creates': made((random) => random.pick(THEIRS)),
  'another owner takes over': onRecord((_record, random) => ({ comment: random.pick(THEIRS) })),
  'another cluster of our id creates': made(marker(OWNER, OTHER_CLUSTER)),
  'another cluster of our id takes over': onRecord((_record, random) => ({
    comment: marker(OWNER, OTHER_CLUSTER)(random),
  })),
  'a former owner id appears': made(() => `record-owner-id=${FORMER}`),
  'locked by another product': onRecord((record) => ({ readOnly: !record.readOnly })),
  'zone vanishes': (lab, random) => {
    const zone = random.pick(ALL_ZONES);
    if (!lab.cloudflare.zones.delete(zone.id)) return undefined;
    lab.clock.after(random.between(10_000, 900_000), () => lab.cloudflare.zones.set(zone.id, zone));
    return `zone ${zone.name} cannot be seen for a while`;
  },
  'zone appears': (lab, random) => {
    const zone = at(ALL_ZONES, random.below(ALL_ZONES.length));
    if (lab.cloudflare.zones.has(zone.id)) return undefined;
    lab.cloudflare.zones.set(zone.id, zone);
    return `zone ${zone.name} appears`;
  },
  'zone status changes': (lab, random) => {
    const zone = lab.cloudflare.zones.get(random.pick(ALL_ZONES).id);
    if (zone === undefined) return undefined;
    const status = random.pick(['pending', 'moved', 'active']);
    lab.cloudflare.zones.set(zone.id, { ...zone, status });
    return `zone ${zone.name} is ${status}`;
  },
  'quota reached': (lab, random) => {
    lab.cloudflare.quota = random.between(1, 4);
    lab.clock.after(random.between(10_000, 400_000), () => {
      lab.cloudflare.quota = Number.POSITIVE_INFINITY;
    });
    return `zones take ${lab.cloudflare.quota} records for a while`;
  },
  'rate quota shrinks': (lab, random) => {
    const quota = random.pick([
      { calls: 20, windowMs: 30_000 },
      { calls: 40, windowMs: 60_000 },
    ]);
    lab.cloudflare.rate.become(quota);
    lab.clock.after(random.between(30_000, 400_000), () => lab.cloudflare.rate.become(USUAL_QUOTA));
    return `Cloudflare allows ${quota.calls} calls in ${quota.windowMs / 1000} s for a while`;
  },
  'batches may hold less': (lab, random) => {
    lab.cloudflare.batchLimit = random.between(1, 3);
    lab.clock.after(random.between(30_000, 400_000), () => {
      lab.cloudflare.batchLimit = 200;
    });
    return `batches may hold ${lab.cloudflare.batchLimit} writes for a while`;
  },
  'token rotated': (lab, random) => {
    const [one, two] = TOKENS;
    lab.token.valid = lab.token.valid === one ? two : one;
    const { valid } = lab.token;
    lab.clock.after(random.between(1, 200_000), () => {
      lab.token.given = valid;
    });
    return 'the token is another one, and the program is given it later';
  },
};
