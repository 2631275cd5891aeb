import { afterEach, expect, test } from 'vitest';
import type { Finding } from '../../src/plan/audit.ts';
import { eventually } from '../process/eventually.ts';
import { HOME, Scene } from '../process/scene.ts';

let open: Scene | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function audited(at: Scene): Promise<{ code: number | null; found: string[]; stdout: string }> {
  const { code, stdout } = await at.command(['audit', '--output', 'json']);
  const found = (JSON.parse(stdout) as Finding[]).map(({ kind, name }) => `${kind} ${name.split('.')[0]}`);
  return { code, found, stdout };
}

test('names each way in which ledger, Cloudflare and cluster disagree, and changes none', async () => {
  open = await Scene.open({ settings: { MAX_DELETES: '0' } });
  const at = open;
  const all = ['drifted', 'bare', 'missing', 'held', 'left', 'taken', 'fine'];
  for (const name of all) at.route(name);
  const first = await at.run();
  for (const name of all) await at.expectAt(`${name}.example.com`, [`A ${HOME}`]);
  expect(await audited(at)).toMatchObject({ code: 0, found: [] });

  at.annotate('left', { suspend: 'true' });
  await eventually(() => expect(at.row('left.example.com')).toMatchObject({ state: 'suspended' }));
  at.unroute('left');
  at.unroute('held');
  await eventually(() => expect(at.row('left.example.com')).toMatchObject({ state: 'left' }));
  await eventually(() => expect(at.row('held.example.com')).toMatchObject({ state: 'held' }));
  const idOf = (name: string): string => at.recordsAt(`${name}.example.com`)[0]?.id ?? '';
  at.cloudflare.edit('example.com', idOf('taken'), { comment: 'record-owner-id=somebody' });
  await first.check('example.com');
  await eventually(() => expect(at.row('taken.example.com')).toMatchObject({ state: 'released' }));
  await first.stop();

  at.cloudflare.edit('example.com', idOf('drifted'), { content: '198.51.100.9' });
  at.cloudflare.edit('example.com', idOf('bare'), { comment: '' });
  at.cloudflare.remove('example.com', idOf('missing'));
  at.editLedger("DELETE FROM records WHERE name = 'fine.example.com'");
  const owner = at.ledger("SELECT value FROM meta WHERE key = 'owner'")[0]?.['value'];
  const base = { type: 'A', content: '198.51.100.9' };
  at.cloudflare.create('example.com', {
    ...base,
    name: 'orphan.example.com',
    comment: `record-owner-id=${String(owner)} 99999999:HTTPRoute/apps/orphan`,
  });
  at.cloudflare.create('example.com', { ...base, name: 'stranger.example.com' });
  at.route('stranger');
  at.route('wanted');
  at.route('drifted', { keys: { 'content-mode': 'gateway-address' } });
  const before = at.cloudflare.records('example.com');
  at.cloudflare.clearCalls();

  const { code, found } = await audited(at);
  expect(code).toBe(2);
  expect(found).toEqual([
    'stranger stranger',
    'stranger taken',
    'missing fine',
    'missing missing',
    'missing wanted',
    'drifted bare',
    'drifted drifted',
    'held held',
    'orphan orphan',
    'left left',
    'released taken',
  ]);
  expect(at.cloudflare.records('example.com')).toEqual(before);
  expect(at.writes).toEqual([]);

  const { stdout } = await at.command(['audit']);
  expect(stdout.split('\n').every((line) => line.length <= 80)).toBe(true);
  expect(stdout.match(/mend: /g)).toHaveLength(found.length);
});

test('a record whose source is gone dangles; a zone that cannot be read is no agreement', async () => {
  open = await Scene.open({ settings: { DELETE_DELAY: '1h' } });
  const at = open;
  at.route('app');
  await at.run();
  await at.expectAt('app.example.com', [`A ${HOME}`]);
  at.unroute('app');
  expect(await audited(at)).toMatchObject({ code: 2, found: ['dangling app'] });
  at.cloudflare.fault({
    kind: 'status',
    status: 403,
    code: 10_000,
    message: 'Authentication error',
    times: Infinity,
    match: ({ path }) => path.includes('/dns_records'),
  });
  const { code, stderr } = await at.command(['audit']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/zone example.com could not be listed/);
});

test('without a ledger there is nothing to compare with', async () => {
  open = await Scene.open({});
  open.route('app');
  const { code, stdout, stderr } = await open.command(['audit']);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/there is no such file/);
});
