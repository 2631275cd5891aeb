import { afterEach, describe, expect, test } from 'vitest';
import { eventually } from '../process/eventually.ts';
import { HOME, isBatch, Scene, type SceneOptions } from '../process/scene.ts';

const STRANGER = '198.51.100.7';
const APP = 'app.example.com';

let open: Scene | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function scene(options: SceneOptions = {}): Promise<Scene> {
  open = await Scene.open(options);
  return open;
}

function theirs(
  at: Scene,
  more: Partial<{ name: string; type: string; content: string; comment: string }> = {},
) {
  return at.cloudflare.create('example.com', { name: APP, type: 'A', content: STRANGER, ...more });
}

function actions(at: Scene, name: string): unknown[] {
  return at.ledger('SELECT action FROM history WHERE name = ? ORDER BY id', name).map(({ action }) => action);
}

describe('check', () => {
  test('has the running controller put right what drifted, and waits for it', async () => {
    const at = await scene();
    at.route('app');
    await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    const [record] = at.recordsAt(APP);
    at.cloudflare.edit('example.com', record?.id ?? '', { content: STRANGER });
    const { code, stdout } = await at.command(['check', '--wait']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '1 zone checked: 1 change, 0 problems\n' });
    expect(at.at(APP)).toEqual([`A ${HOME}`]);
  });

  test('says so where no controller runs, and reads nothing', async () => {
    const at = await scene();
    const { code, stderr } = await at.command(['check', '--wait']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/no controller runs/);
    expect(at.cloudflare.calls).toEqual([]);
  });
});

describe.each(['the running controller', 'the command itself'])('carried out by %s', (who) => {
  const running = who === 'the running controller';

  test('adopt NAME takes several unmarked records over; what is too many goes as one of ours', async () => {
    const at = await scene();
    const kept = [theirs(at), theirs(at, { content: '198.51.100.8' })].map(({ id }) => id);
    at.route('app');
    if (running) await at.run();
    if (running) await at.expectEvent('app', 'RecordConflict', /routeflare adopt app.example.com/);
    const { code, stdout } = await at.command(['adopt', APP, '--yes']);
    expect(stdout).toMatch(/198\.51\.100\.7.*203\.0\.113\.10/);
    expect({ code, last: stdout.split('\n').at(-2) }).toEqual({ code: 0, last: '2 done' });
    if (!running) await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    expect(kept).toContain(at.recordsAt(APP)[0]?.id);
    await eventually(() => expect(actions(at, APP)).toEqual(['adopt', 'adopt', 'delete']));
  });

  test('adopt NAME takes a CNAME over, and the address comes in its place without a gap', async () => {
    const at = await scene();
    theirs(at, { type: 'CNAME', content: 'elsewhere.example.net' });
    at.route('app');
    if (running) await at.run();
    expect((await at.command(['adopt', APP, '--yes'])).code).toBe(0);
    if (!running) await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    const batch = at.writesOf(APP).at(-1)?.body as { deletes?: unknown[]; posts?: unknown[] };
    expect([batch.deletes?.length, batch.posts?.length]).toEqual([1, 1]);
  });

  test('adopt never takes what has another owner, and says whose it is', async () => {
    const at = await scene();
    const record = theirs(at, { comment: 'record-owner-id=somebody' });
    at.route('app');
    if (running) await at.run();
    const { code, stdout } = await at.command(['adopt', APP, '--yes']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/marked somebody/);
    expect(at.recordsAt(APP)).toEqual([record]);
    expect(at.writes).toEqual([]);
  });

  test('adopt --identical takes what is exactly as wanted, and nothing else', async () => {
    const at = await scene();
    theirs(at, { name: 'same.example.com', content: HOME, comment: 'mine' });
    const other = theirs(at);
    at.route('same');
    at.route('app');
    if (running) await at.run();
    expect((await at.command(['adopt', '--identical', '--yes'])).code).toBe(0);
    expect(at.recordsAt('same.example.com')).toMatchObject([
      { content: HOME, comment: expect.stringMatching(/^mine record-owner-id=/) },
    ]);
    expect(at.recordsAt(APP)).toEqual([other]);
    const updates = at.writes.flatMap(({ body }) => (body as { patches?: object[] }).patches ?? []);
    expect(updates.map((patch) => Object.keys(patch).sort())).toEqual([['comment', 'id']]);
  });

  test('release takes marker and row away, and refuses the name until an annotation is edited', async () => {
    const at = await scene();
    at.route('app');
    const first = await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    if (!running) await first.stop();
    const released = await at.command(['release', APP, '--yes']);
    expect(released.code).toBe(0);
    expect(at.recordsAt(APP)).toMatchObject([{ content: HOME, comment: null }]);
    expect(at.row(APP)).toBeUndefined();
    const [record] = at.recordsAt(APP);
    at.cloudflare.remove('example.com', record?.id ?? '');
    if (!running) await at.run();
    await at.expectEvent('app', 'Pending', /released by a person/);
    const { code, stdout } = await at.command(['adopt', APP]);
    expect(code).toBe(1);
    expect(stdout.replaceAll(/\n {2}/g, ' ')).toMatch(
      /released by a person .* an annotation of its source is edited/,
    );
    await at.command(['check', '--wait']);
    expect(at.at(APP)).toEqual([]);
    at.annotate('app', { ttl: '300' });
    await at.expectAt(APP, [`A ${HOME}`]);
    at.annotate('app', { ttl: null });
    await eventually(() => expect(at.recordsAt(APP)).toMatchObject([{ ttl: 1 }]));
    await eventually(() => expect(actions(at, APP)).toEqual(['create', 'release', 'create', 'update']));
  });

  test('release --restore puts back what adopt found, also another type', async () => {
    const at = await scene();
    const was = theirs(at, { type: 'CNAME', content: 'elsewhere.example.net', comment: 'mine' });
    at.route('app');
    const first = await at.run();
    await at.command(['adopt', APP, '--yes']);
    await at.expectAt(APP, [`A ${HOME}`]);
    if (!running) await first.stop();
    expect((await at.command(['release', APP, '--restore', '--yes'])).code).toBe(0);
    expect(at.at(APP)).toEqual([`CNAME ${was.content}`]);
    expect(at.recordsAt(APP)[0]?.comment ?? '').not.toMatch(/record-owner-id/);
    expect(at.row(APP)).toBeUndefined();
  });

  test('release --restore does nothing where nothing was adopted', async () => {
    const at = await scene();
    at.route('app');
    const first = await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    if (!running) await first.stop();
    const { code, stdout } = await at.command(['release', APP, '--restore', '--yes']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/no record there was adopted/);
    expect(at.row(APP)).toMatchObject({ state: 'active' });
  });

  test('approve lets nothing through while STRATEGY is upsert-only, and keeps no word for later', async () => {
    const at = await scene({ settings: { STRATEGY: 'upsert-only', MAX_DELETES: '0' } });
    at.route('app');
    const first = await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    at.unroute('app');
    await eventually(() => expect(at.row(APP)).toMatchObject({ state: 'held' }));
    if (!running) await first.stop();
    // Also where the command was given another setting than the controller that it asks.
    for (const more of running ? [{}, { STRATEGY: 'full' }] : [{}]) {
      const { code, stdout, stderr } = await at.command(['approve', '--yes'], more);
      expect(code).toBe(1);
      expect(stdout).toContain(APP);
      expect(stderr).toMatch(/STRATEGY is upsert-only: nothing is deleted.*set STRATEGY to full first/);
    }
    expect(at.ledger('SELECT record_id FROM approvals')).toEqual([]);
    expect(actions(at, APP)).not.toContain('approve');
    expect((await at.command(['audit'])).stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /mend: set STRATEGY to full/,
    );
  });

  test('uninstall stops everything for good, and deletes only what bears our marker', async () => {
    const at = await scene();
    const stranger = theirs(at, { name: 'theirs.example.com' });
    at.route('app');
    at.route('robbed');
    at.route('still');
    const first = await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    await at.expectAt('robbed.example.com', [`A ${HOME}`]);
    await at.expectAt('still.example.com', [`A ${HOME}`]);
    at.annotate('still', { suspend: 'true' });
    await eventually(() => expect(at.row('still.example.com')).toMatchObject({ state: 'suspended' }));
    if (!running) await first.stop();
    const [robbed] = at.recordsAt('robbed.example.com');
    at.cloudflare.edit('example.com', robbed?.id ?? '', { comment: 'mine now' });

    const { code, stdout } = await at.command(['uninstall', '--yes']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/A still\.example\.com stays as it is: its source carries routeflare\/suspend/);
    expect(at.at(APP)).toEqual([]);
    expect(at.at('robbed.example.com')).toEqual([`A ${HOME}`]);
    expect(at.at('still.example.com')).toEqual([`A ${HOME}`]);
    expect(at.recordsAt('theirs.example.com')).toEqual([stranger]);

    const second = running ? first : await at.run();
    at.route('late');
    await second.check('example.com');
    await second.stop();
    await (await at.run()).check('example.com');
    expect(at.at(APP)).toEqual([]);
    expect(at.at('late.example.com')).toEqual([]);

    expect((await at.command(['uninstall', '--undo'])).code).toBe(0);
    await at.expectAt(APP, [`A ${HOME}`]);
    await at.expectAt('late.example.com', [`A ${HOME}`]);
    const milestones = at.ledger("SELECT action FROM history WHERE action IN ('stop', 'resume') ORDER BY id");
    expect(milestones).toEqual([{ action: 'stop' }, { action: 'resume' }]);
  });

  test('uninstall --keep-records deletes nothing', async () => {
    const at = await scene();
    at.route('app');
    const first = await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    if (!running) await first.stop();
    const [record] = at.recordsAt(APP);
    expect((await at.command(['uninstall', '--keep-records', '--yes'])).code).toBe(0);
    expect(at.recordsAt(APP)).toMatchObject([{ id: record?.id, content: HOME, comment: null }]);
    expect(at.ledger('SELECT * FROM records')).toEqual([]);
  });
});

describe('a deliberate act', () => {
  test('without --yes and nobody to ask shows its plan and writes nothing', async () => {
    const at = await scene();
    at.route('app');
    await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    const { code, stdout, stderr } = await at.command(['uninstall']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/- +app\.example\.com/);
    expect(stderr).toMatch(/add --yes/);
    expect(at.at(APP)).toEqual([`A ${HOME}`]);
    expect(at.ledger("SELECT * FROM meta WHERE key = 'stopped'")).toEqual([]);
  });

  test('where no controller runs asks for the egress address that it needs', async () => {
    const at = await scene({ echo: { ipv4: '198.41.0.4' } });
    const { id } = theirs(at, { content: '198.41.0.4' });
    at.route('app', { keys: { 'content-mode': 'ddns' } });
    const { code, stdout } = await at.command(['adopt', '--identical', '--yes']);
    expect({ code, last: stdout.split('\n').at(-2) }).toEqual({ code: 0, last: '1 done' });
    expect(at.row(APP)).toMatchObject({ record_id: id, content_mode: 'ddns', state: 'active' });
  });

  test('with DRY_RUN writes nothing', async () => {
    const at = await scene();
    theirs(at);
    at.route('app');
    const { code, stderr } = await at.command(['adopt', APP, '--yes'], { DRY_RUN: 'true' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/DRY_RUN/);
    expect(at.writes).toEqual([]);
  });

  test('with DRY_RUN approve leaves the ledger as it is, too', async () => {
    const at = await scene();
    theirs(at, { name: 'x.example.com', comment: 'record-owner-id=routeflare' });
    at.route('app');
    const controller = await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    await controller.stop();
    const history = () => at.ledger('SELECT count(*) AS n FROM history');
    const before = history();
    const { code, stderr } = await at.command(['approve', '--yes'], { DRY_RUN: 'true' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/DRY_RUN/);
    expect(history()).toEqual(before);
    const undone = await at.command(['approve', '--yes'], { DRY_RUN: 'false' });
    expect(undone.code).toBe(0);
    expect(undone.stderr).not.toContain('routeflare:');
    expect(history()).not.toEqual(before);
  });

  test('that Cloudflare refuses says so, and the row stays', async () => {
    const at = await scene();
    at.route('app');
    await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    at.cloudflare.fault({ kind: 'status', status: 400, code: 9999, message: 'not today', match: isBatch });
    const { code, stderr } = await at.command(['release', APP, '--yes']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/not today/);
    expect(at.row(APP)).toBeDefined();
    expect(at.recordsAt(APP)[0]?.comment).toMatch(/record-owner-id/);
  });
});
