import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Controller } from './controller.ts';
import { eventually, pause } from './eventually.ts';
import { HOME, type Scene } from './scene.ts';
import { openScene } from './open-scene.ts';

const OTHER = '192.0.2.77';
const FIRST = '198.41.0.4';
const SECOND = '199.7.83.42';

/** Another Pod of the same installation, with a volume of its own. */
const elsewhere = (scene: Scene) => ({
  POD_NAME: 'elsewhere',
  POD_UID: 'another-pod',
  LEDGER_PATH: join(scene.dir, 'elsewhere.db'),
});

const leases = (scene: Scene) =>
  scene.kubernetes.objects.list('Lease').map(({ metadata, spec }) => ({
    name: metadata.name,
    holder: String((spec as Readonly<Record<string, unknown>>)['holderIdentity']),
  }));

const mayWrite = (controller: Controller) =>
  eventually(async () => expect((await controller.page('/readyz')).body).toContain('[+] only writer'));

const mayNotWrite = (controller: Controller, why: RegExp) =>
  eventually(async () =>
    expect((await controller.page('/readyz')).body).toMatch(
      new RegExp(`\\[-\\] only writer: .*${why.source}`),
    ),
  );

describe.concurrent('one writer', () => {
  test.concurrent('a pod that stood still while another took over writes nothing when it wakes', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    scene.route('web');
    const old = await scene.run();
    await scene.expectAt('web.example.com', [`A ${HOME}`]);
    // It stops between the read for a creation and that creation.
    scene.cloudflare.fault({
      kind: 'delay',
      ms: 2_000,
      match: ({ query }) => query['name.exact'] === 'late.example.com',
    });
    scene.route('late');
    await eventually(() =>
      expect(
        scene.cloudflare.calls.filter(({ query }) => query['name.exact'] === 'late.example.com'),
      ).toHaveLength(1),
    );
    old.freeze();
    const next = scene.start(['run'], elsewhere(scene));
    await mayNotWrite(next, /another controller writes/);
    await pause(3_000);
    expect(scene.at('late.example.com')).toEqual([]);
    await next.ready();
    await scene.expectAt('late.example.com', [`A ${HOME}`]);
    scene.home(OTHER);
    await scene.expectAt('web.example.com', [`A ${OTHER}`]);
    await scene.expectAt('late.example.com', [`A ${OTHER}`]);
    await next.check('example.com');
    const writes = scene.writes.length;
    const records = scene.cloudflare.records('example.com');
    old.resume();
    await mayNotWrite(old, /elsewhere_another-pod_/);
    await pause(6_000);
    expect(scene.writes.length).toBe(writes);
    expect(scene.cloudflare.records('example.com')).toEqual(records);
    // It is a spare now: it takes over when the other lets go, and begins by reading.
    await next.stop();
    await mayWrite(old);
    scene.home(HOME);
    await scene.expectAt('late.example.com', [`A ${HOME}`]);
    expect(scene.cloudflare.records('example.com')).toHaveLength(2);
  });

  test.concurrent('a start after SIGTERM waits for nobody, nor does a container that is started again', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    scene.route('web');
    const first = await scene.run({ POD_UID: 'one' });
    const [lease] = leases(scene);
    await first.stop();
    expect(leases(scene)).toEqual([{ name: lease?.name, holder: '' }]);
    const second = await scene.run({ POD_UID: 'two' });
    await second.kill();
    const third = await scene.run({ POD_UID: 'two' });
    // Neither was told at any moment that somebody else has it.
    for (const each of [second, third]) {
      const told = each.lines.filter(({ msg }) => msg === 'what may be written changed');
      expect(told.map(({ may }) => may)).toEqual(['all']);
    }
    await scene.expectAt('web.example.com', [`A ${HOME}`]);
  });

  test.concurrent('with the API server away only ddns records of ours are kept up to date', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished, { echo: { ipv4: FIRST } });
    scene.route('dynamic', { keys: { 'content-mode': 'ddns' } });
    scene.route('going');
    const controller = await scene.run({ DELETE_DELAY: '16s' });
    await scene.expectAt('dynamic.example.com', [`A ${FIRST}`]);
    await scene.expectAt('going.example.com', [`A ${HOME}`]);
    scene.unroute('going');
    await eventually(() => expect(scene.row('going.example.com')?.['state']).toBe('deleting'));
    await scene.kubernetes.stop();
    await mayNotWrite(controller, /API server is away/);
    scene.echo.setAddress('ipv4', SECOND);
    await scene.expectAt('dynamic.example.com', [`A ${SECOND}`]);
    await pause(6_000);
    expect(scene.at('going.example.com')).toEqual([`A ${HOME}`]);
    await scene.kubernetes.restart();
    await mayWrite(controller);
    // The pause before its list is made anew grew while the API server was away, and the delay counts from that list.
    await eventually(() => expect(scene.at('going.example.com')).toEqual([]), 75_000);
  });

  test.concurrent('where RBAC has no Leases it writes as before, and says so', async ({ onTestFinished }) => {
    const scene = await openScene(onTestFinished);
    scene.kubernetes.forbid({ resource: 'leases' });
    scene.route('web');
    const controller = await scene.run();
    await scene.expectAt('web.example.com', [`A ${HOME}`]);
    expect((await controller.page('/readyz')).body).toMatch(
      /\[\+\] only writer: .*leases\.coordination\.k8s\.io/,
    );
    await eventually(() =>
      expect(controller.lines).toContainEqual(
        expect.objectContaining({
          reason: 'Pending',
          message: expect.stringContaining('leases.coordination'),
        }),
      ),
    );
  });

  test.concurrent('DRY_RUN takes no Lease, and two owners do not share one', async ({ onTestFinished }) => {
    const scene = await openScene(onTestFinished);
    await scene.run({ DRY_RUN: 'true' });
    expect(leases(scene)).toEqual([]);
    await scene.run({ RECORD_OWNER_ID: 'one' });
    await scene.run({ ...elsewhere(scene), RECORD_OWNER_ID: 'two' });
    expect(new Set(leases(scene).map(({ name }) => name)).size).toBe(2);
  });

  test.concurrent.for<[string, Readonly<Record<string, string>>]>([
    ['elsewhere', {}],
    ['in this very Pod, on another ledger', { POD_UID: 'the-pod-of-the-scene' }],
  ])(
    'a command that would act by itself is refused while a controller writes %s',
    async ([, pod], { onTestFinished }) => {
      const scene = await openScene(onTestFinished);
      scene.route('web');
      await scene.run();
      await scene.expectAt('web.example.com', [`A ${HOME}`]);
      const asked = await scene.command(['release', 'web.example.com', '--yes'], {
        ...elsewhere(scene),
        ...pod,
      });
      expect(asked).toMatchObject({ code: 1, stderr: expect.stringContaining('another controller writes') });
      expect(scene.recordsAt('web.example.com')[0]?.comment).toContain('record-owner-id=');
    },
  );
});
