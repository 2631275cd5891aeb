import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Pod } from './cluster/kubelet.ts';
import { HOME, Scene } from './cluster/scene.ts';
import { attempt, command } from './tools/command.ts';

const PAGE = resolve(import.meta.dirname, '../../docs/ledger.md');
const queries = [...readFileSync(PAGE, 'utf8').matchAll(/^```sql\n([\s\S]*?)^```$/gm)].map(
  ([, query]) => query ?? '',
);

describe('audit, in the place of the Pod', () => {
  let scene: Scene;
  let pod: Pod;
  beforeAll(async () => {
    scene = await Scene.open();
    await scene.gateway();
    pod = await scene.run();
    for (const name of ['fine', 'drifted', 'lost']) await scene.route(name);
    for (const name of ['fine', 'drifted', 'lost'])
      await scene.expectAt(`${name}.example.com`, [`A ${HOME}`]);
  });
  afterAll(() => scene.close());

  const audited = async (): Promise<{ code: number | null; found: string[] }> => {
    const { code, stdout } = await pod.exec(['audit', '--output', 'json']);
    const findings = JSON.parse(stdout) as { readonly kind: string; readonly name: string }[];
    return { code, found: findings.map(({ kind, name }) => `${kind} ${name.split('.')[0] ?? ''}`) };
  };

  test('ledger, Cloudflare and cluster agree after a day of work', async () => {
    expect(await pod.exec(['audit'])).toMatchObject({
      code: 0,
      stdout: 'ledger, Cloudflare and cluster agree\n',
    });
    expect((await pod.exec(['plan', '--detailed-exitcode'])).code).toBe(0);
  });

  test.each(queries)('sqlite3 answers, while the controller runs: %s', async (query) => {
    const { code, stderr } = await attempt('sqlite3', ['-readonly', '-box', pod.ledgerPath, query]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('sqlite3 reads whose a record is, and what was done to it', async () => {
    const ask = async (query: string): Promise<string> =>
      (await command('sqlite3', ['-readonly', pod.ledgerPath, query])).trim();
    expect(await ask("SELECT holder, name, type FROM ownership WHERE name = 'fine.example.com'")).toBe(
      'HTTPRoute/apps/fine|fine.example.com|A',
    );
    expect(
      await ask(
        "SELECT action, outcome, json_extract(after, '$.content') FROM history WHERE name LIKE 'fine%'",
      ),
    ).toBe(`create|done|${HOME}`);
    expect(await ask('SELECT count(*) FROM intents')).toBe('0');
  });

  test('what others did at Cloudflare is named, and a check mends what is ours', async () => {
    const drifted = scene.cloudflare.record('example.com', 'drifted.example.com', 'A')?.id ?? '';
    const lost = scene.cloudflare.record('example.com', 'lost.example.com', 'A')?.id ?? '';
    scene.cloudflare.edit('example.com', drifted, { content: '198.51.100.9' });
    scene.cloudflare.remove('example.com', lost);
    const theirs = { type: 'A', content: '198.51.100.8' };
    const stranger = scene.cloudflare.create('example.com', { ...theirs, name: 'taken.example.com' });
    await scene.route('taken');
    const owner = /record-owner-id=(\S+)/.exec(
      scene.cloudflare.record('example.com', 'fine.example.com', 'A')?.comment ?? '',
    )?.[1];
    const comment = `record-owner-id=${owner ?? ''} 99999999:HTTPRoute/apps/elsewhere`;
    const orphan = scene.cloudflare.create('example.com', {
      ...theirs,
      name: 'elsewhere.example.com',
      comment,
    });
    expect(await audited()).toEqual({
      code: 2,
      found: ['stranger taken', 'missing lost', 'drifted drifted', 'orphan elsewhere'],
    });
    expect(scene.at('drifted.example.com')).toEqual(['A 198.51.100.9']);
    expect((await pod.exec(['check', '--wait'])).code).toBe(0);
    await scene.expectAt('drifted.example.com', [`A ${HOME}`]);
    await scene.expectAt('lost.example.com', [`A ${HOME}`]);
    expect(await audited()).toEqual({ code: 2, found: ['stranger taken', 'orphan elsewhere'] });
    const there = scene.cloudflare.records('example.com');
    expect(there).toContainEqual(stranger);
    expect(there).toContainEqual(orphan);
  });

  test('the other questions are answered in the Pod too, by its own rights', async () => {
    const { code, stdout } = await pod.exec(['doctor', '--output', 'json']);
    const findings = JSON.parse(stdout) as { readonly state: string; readonly topic: string }[];
    expect(findings.filter(({ topic, state }) => topic === 'kubernetes' && state !== 'ok')).toEqual([]);
    expect({ code, stdout }).toMatchObject({ code: 0 });
    const explained = await pod.exec(['explain', 'taken.example.com']);
    expect(explained.output).toContain('198.51.100.8');
    expect((await pod.exec(['history', 'lost.example.com'])).output).toMatch(/create/);
  });
});
