import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Controller, Exit } from './controller.ts';
import { eventually } from './eventually.ts';
import { HOME, Scene } from './scene.ts';

const STRANGER = '198.51.100.7';

/** A conflict, made before the controller starts. `source` loses (it is no older, and later by name), or is warned. */
interface Conflict {
  readonly what: string;
  readonly source: string;
  readonly reason: 'HostnameConflict' | 'RecordConflict' | 'Pending' | 'ZoneNotFound';
  /** Names the place, and what is to be done. */
  readonly says: RegExp;
  readonly make: (scene: Scene) => void;
}

const fixed = (content: string, more: Readonly<Record<string, string>> = {}) => ({
  'content-mode': 'static',
  content,
  ...more,
});

const theirs = (scene: Scene, name: string, more: object = {}) =>
  scene.cloudflare.create('example.com', { name, type: 'A', content: STRANGER, ...more });

const CONFLICTS: readonly Conflict[] = [
  {
    what: 'two sources on one name',
    source: 'second',
    reason: 'HostnameConflict',
    says: /A shared\.example\.com belongs to HTTPRoute\/apps\/first.*comes here when that one goes/,
    make: (scene) => {
      scene.route('first', { hosts: ['shared.example.com'] });
      scene.route('second', { hosts: ['shared.example.com'] });
    },
  },
  {
    what: 'an A beside a CNAME, of two sources',
    source: 'the-alias',
    reason: 'HostnameConflict',
    says: /CNAME plain\.example\.com belongs to HTTPRoute\/apps\/plain.*comes here when that one goes/,
    make: (scene) => {
      scene.route('plain');
      const keys = fixed('target.example.net');
      scene.route('the-alias', { hosts: ['plain.example.com'], keys });
    },
  },
  {
    what: 'an A beside a stranger’s CNAME',
    source: 'cname',
    reason: 'RecordConflict',
    says: /blocked by CNAME target\.example\.net.*one of them has to go, or "routeflare adopt/,
    make: (scene) => {
      theirs(scene, 'cname.example.com', { type: 'CNAME', content: 'target.example.net' });
      scene.route('cname');
    },
  },
  {
    what: 'a name that a stranger’s record blocks',
    source: 'blocked',
    reason: 'RecordConflict',
    says: /blocked by A 198\.51\.100\.7 \(record [0-9a-f]{32} .*remove it, or set routeflare\/adopt/,
    make: (scene) => {
      theirs(scene, 'blocked.example.com');
      scene.route('blocked');
    },
  },
  {
    what: 'a stranger’s record beside one of ours',
    source: 'beside',
    reason: 'RecordConflict',
    says: /does not answer alone: beside it stands A 198\.51\.100\.7 \(record [0-9a-f]{32}.*Remove it/,
    make: (scene) => scene.route('beside'),
  },
  {
    what: 'an NS record on the name',
    source: 'on-ns',
    reason: 'RecordConflict',
    says: /blocked by NS .*publish the name there, or remove the NS record/,
    make: (scene) => {
      theirs(scene, 'on-ns.example.com', { type: 'NS', content: 'ns1.example.net' });
      scene.route('on-ns');
    },
  },
  {
    what: 'an NS record above the name',
    source: 'below-ns',
    reason: 'RecordConflict',
    says: /answers nobody: the NS record on cut\.example\.com.*Publish it there, or remove that NS record/,
    make: (scene) => {
      theirs(scene, 'cut.example.com', { type: 'NS', content: 'ns1.example.net' });
      scene.route('below-ns', { hosts: ['app.cut.example.com'] });
    },
  },
  {
    what: 'a name below two zones, of which the longer is not active',
    source: 'half',
    reason: 'Pending',
    says: /app\.dev\.example\.com is also in zone dev\.example\.com \(id .*written to example\.com until.*ZONES/,
    make: (scene) => scene.route('half', { hosts: ['app.dev.example.com'] }),
  },
  {
    what: 'a name below two zones of one name',
    source: 'twin',
    reason: 'ZoneNotFound',
    says: /2 zones are named twin\.example \(ids .*\); name the one by its id in ZONES/,
    make: (scene) => scene.route('twin', { hosts: ['app.twin.example'] }),
  },
  {
    what: 'a CNAME at the apex',
    source: 'apex',
    reason: 'Pending',
    says: /example\.net is the apex of its zone.*CNAME flattening/,
    make: (scene) => scene.route('apex', { hosts: ['example.net'], keys: fixed('target.example.org') }),
  },
  {
    what: 'a proxied name deeper than Universal SSL covers',
    source: 'deep',
    reason: 'Pending',
    says: /Universal SSL does not cover: order a certificate.*or use a name one label below/,
    make: (scene) => {
      scene.route('deep', { hosts: ['a.b.example.com'], keys: fixed('203.0.113.9', { proxied: 'true' }) });
    },
  },
  {
    what: 'a private address with proxied',
    source: 'private',
    reason: 'Pending',
    says: /10\.0\.0\.7.*private.*proxy cannot reach it \(routeflare\/proxied: "false" would publish it\)/,
    make: (scene) => {
      scene.gateway('inside', ['10.0.0.7']);
      scene.route('private', {
        keys: { 'content-mode': 'gateway-address', proxied: 'true' },
        parentRefs: [{ name: 'inside', namespace: 'infra' }],
      });
    },
  },
  {
    what: 'an exact name of AAAA alone that hides a wildcard’s A',
    source: 'six',
    reason: 'Pending',
    says: /has an AAAA record alone.*no A record from \*\.wide\.example\.net.*type: A\/AAAA/,
    make: (scene) => {
      scene.route('wide', { hosts: ['*.wide.example.net', 'seven.wide.example.net'] });
      scene.route('six', { hosts: ['six.wide.example.net'], keys: fixed('2001:db8::6') });
    },
  },
];

/** No conflict: sources that nobody is told anything of. */
const AT_PEACE = ['first', 'plain', 'wide'];

describe('every conflict is told by Event, metric, plan and records', () => {
  let scene: Scene;
  let controller: Controller;
  let records: Exit;
  let plan: Exit;

  beforeAll(async () => {
    scene = await Scene.open({
      zones: ['example.com', 'example.net', { name: 'dev.example.com', status: 'pending' }],
    });
    for (let n = 0; n < 2; n += 1) scene.cloudflare.addZone({ name: 'twin.example' });
    for (const { make } of CONFLICTS) make(scene);
    controller = await scene.run();
    await scene.expectAt('beside.example.com', [`A ${HOME}`]);
    theirs(scene, 'beside.example.com');
    await controller.check('example.com', 'example.net');
    const strange = CONFLICTS.filter(({ reason }) => reason === 'RecordConflict').length;
    await eventually(async () => {
      const count = await controller.metric('problems{reason="RecordConflict"}');
      if (count !== strange) throw new Error(`${count} of ${strange} are told`);
    });
    records = await scene.command(['records', '--wide']);
    plan = await scene.command(['plan'], { COLUMNS: '999' });
  });
  afterAll(() => scene.close());

  test('each is in docs/support-matrix.md, with its reason', () => {
    const text = readFileSync(new URL('../../docs/support-matrix.md', import.meta.url), 'utf8');
    const table = text.split('\n').filter((line) => /^\| (?:.*) \| `[A-Z]\w+` \|/.test(line));
    const rows = table.map((line) => line.split(' | ').slice(0, 2));
    expect(rows).toEqual(CONFLICTS.map(({ what, reason }) => [`| ${what}`, `\`${reason}\``]));
  });

  test.each(CONFLICTS)('$what', async ({ source, reason, says }) => {
    await scene.expectEvent(source, reason, says);
    const told = lineOf(source, reason);
    expect(records.stdout).toMatch(told);
    expect(plan.stdout).toMatch(told);
    const line = records.stdout.split('\n').find((each) => told.test(each)) ?? '';
    expect(line).toMatch(says);
  });

  test('by the metric, as many as there are', async () => {
    for (const [reason, ofReason] of Map.groupBy(CONFLICTS, (each) => each.reason)) {
      const count = await controller.metric(`problems{reason="${reason}"}`);
      expect({ reason, count }).toEqual({ reason, count: ofReason.length });
    }
  });

  test('and nobody else is told: a wildcard beside exact names shadows nothing', () => {
    const told = scene.events().filter(({ on, type }) => AT_PEACE.includes(on) && type === 'Warning');
    expect(told).toEqual([]);
    expect(scene.at('*.wide.example.net')).toEqual([`A ${HOME}`]);
    expect(scene.at('seven.wide.example.net')).toEqual([`A ${HOME}`]);
  });

  test('records in JSON, or of one state, are records alone', async () => {
    const json = await scene.command(['records', '--output', 'json']);
    expect(JSON.parse(json.stdout)).toHaveLength(records.stdout.split('\n').indexOf('') - 1);
    const active = await scene.command(['records', '--state', 'active']);
    expect(active.stdout).not.toContain('Conflict');
  });

  test('records of one namespace or zone tell of those alone', async () => {
    const twins = await scene.command(['records', '--zone', 'twin.example']);
    expect(twins.stdout).toMatch(/^no records\n\n! .*ZoneNotFound/);
    expect(twins.stdout).not.toContain('RecordConflict');
    const others = await scene.command(['records', '--namespace', 'infra']);
    expect(others.stdout).toBe('no records\n');
  });
});

/** `! NAME TYPE KIND/NAMESPACE/NAME: Reason:` in one line. */
function lineOf(source: string, reason: string): RegExp {
  return new RegExp(`^! .*HTTPRoute/apps/${source}: ${reason}: `, 'm');
}
