import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../process/eventually.ts';
import type { Pod } from './cluster/kubelet.ts';
import { HOME, RELEASE, Scene } from './cluster/scene.ts';
import { command } from './tools/command.ts';

interface Seen {
  readonly reason: string;
  readonly type: string;
  readonly note: string;
  readonly series?: { readonly count: number };
  readonly regarding: { readonly name: string; readonly kind: string };
}

/** What writing Events costs the server. */
const CREATE = 'create events.events.k8s.io';
const PATCH = 'patch events.events.k8s.io';

describe('what a person sees', () => {
  let scene: Scene;
  let pod: Pod;
  beforeAll(async () => {
    scene = await Scene.open();
    await scene.gateway();
    pod = await scene.run(scene.values({ driftSchedule: '*/2 * * * * *' }));
  });
  afterAll(() => scene.close());

  async function events(name: string): Promise<Seen[]> {
    const where = { apiVersion: 'events.k8s.io/v1', kind: 'Event', namespace: 'apps' };
    const all = (await scene.api.list(where)) as unknown as Seen[];
    return all.filter(({ regarding }) => regarding.name === name);
  }

  test('kubectl describe shows what happened to the records of a route', async () => {
    await scene.route('told');
    await scene.expectAt('told.example.com', [`A ${HOME}`]);
    await eventually(async () => {
      const described = await scene.kubectl('-n', 'apps', 'describe', 'httproute', 'told');
      expect(described).toMatch(/Normal\s+RecordCreated\s+.*routeflare.*told\.example\.com/);
    });
    const listed = await scene.kubectl('-n', 'apps', 'get', 'events');
    expect(listed).toMatch(/Normal\s+RecordCreated\s+httproute\/told\s+.*203\.0\.113\.10/);
  });

  test('a value that cannot be used is told once, with the key, the value and what is allowed', async () => {
    await scene.annotate('told', { ttl: 'sometimes' });
    await eventually(async () => {
      const invalid = (await events('told')).filter(({ reason }) => reason === 'InvalidAnnotation');
      expect(invalid).toHaveLength(1);
      expect(invalid[0]?.type).toBe('Warning');
      expect(invalid[0]?.note).toMatch(/routeflare\/ttl.*sometimes.*60/s);
    });
    expect(scene.at('told.example.com')).toEqual([`A ${HOME}`]);
  });

  test('a problem that lasts is one Event, not a flood', async () => {
    scene.cloudflare.create('example.com', { type: 'A', name: 'taken.example.com', content: '198.51.100.9' });
    await scene.route('taken');
    await eventually(async () => expect((await events('taken')).length).toBe(1));
    const lists = scene.cloudflare.calls.length;
    const written = [CREATE, PATCH].map((right) => scene.asked(right));
    // Each drift check meets the problem again.
    await eventually(() => expect(scene.cloudflare.calls.length).toBeGreaterThan(lists + 6), 60_000);
    expect([CREATE, PATCH].map((right) => scene.asked(right))).toEqual(written);
    const [only, ...more] = await events('taken');
    expect(more).toEqual([]);
    expect(only).toMatchObject({ reason: 'RecordConflict', type: 'Warning' });
    expect(scene.at('taken.example.com')).toEqual(['A 198.51.100.9']);
  });

  test('what comes again is counted on the Event that is there, and kubectl shows the count', async () => {
    await scene.route('again');
    await eventually(async () => expect(await events('again')).toHaveLength(1));
    const created = scene.asked(CREATE);
    const patched = scene.asked(PATCH);
    const cleared = (): number => pod.program.lines.filter(({ msg }) => msg === 'problem cleared').length;
    for (const count of [undefined, 2, 3]) {
      const before = cleared();
      await scene.annotate('again', { ttl: 'now and then' });
      await eventually(async () => {
        const invalid = (await events('again')).filter(({ reason }) => reason === 'InvalidAnnotation');
        expect(invalid.map(({ series }) => series?.count)).toEqual([count]);
      });
      await scene.annotate('again', { ttl: null });
      await eventually(() => expect(cleared()).toBeGreaterThan(before));
    }
    expect(scene.asked(CREATE) - created).toBe(1);
    expect(scene.asked(PATCH) - patched).toBe(2);
    const described = await scene.kubectl('-n', 'apps', 'describe', 'httproute', 'again');
    expect(described).toMatch(/Warning\s+InvalidAnnotation\s+\S+ \(x3 over \S+\)\s+.*now and then/);
  });

  test('the ledger answers sqlite3 and `routeflare records` while the controller runs', async () => {
    const sql = "SELECT name, type, content, holder_name, state FROM records WHERE name = 'told.example.com'";
    expect((await command('sqlite3', ['-readonly', pod.ledgerPath, sql])).trim()).toBe(
      `told.example.com|A|${HOME}|told|frozen`,
    );
    const history =
      "SELECT action, outcome FROM history WHERE name = 'told.example.com' ORDER BY rowid LIMIT 1";
    expect((await command('sqlite3', ['-readonly', pod.ledgerPath, history])).trim()).toBe('create|done');
    const { code, output } = await pod.exec(['records']);
    expect(code).toBe(0);
    expect(output).toMatch(/told\.example\.com\s+A\s+203\.0\.113\.10\s+.*apps\/told\s+frozen/);
    expect(output).not.toMatch(/^taken\.example\.com/m);
    expect(output).toMatch(/^! taken\.example\.com A HTTPRoute\/apps\/taken: RecordConflict: /m);
    const copy = join(pod.ledgerPath, '../copy.db');
    expect((await pod.exec(['ledger', 'backup', copy])).code).toBe(0);
    expect((await command('sqlite3', [copy, 'PRAGMA integrity_check'])).trim()).toBe('ok');
  });

  test('Events on a source that is gone regard what was there', async () => {
    await scene.unroute('told');
    await scene.expectAt('told.example.com', []);
    await eventually(async () => {
      const listed = await scene.kubectl('get', 'events', '-A');
      expect(listed).toMatch(/RecordDeleted\s+\S+\s+.*told\.example\.com/);
    });
    expect(pod.namespace).toBe(RELEASE);
  });
});
