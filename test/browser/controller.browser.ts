import { expect, test } from 'vitest';
import { eventually } from '../process/eventually.ts';
import { openScene } from '../process/open-scene.ts';
import { HOME } from '../process/scene.ts';
import { openChromium } from './chromium.ts';

test('a person sees what the running controller did, what it holds back and what is wrong', async ({
  onTestFinished,
}) => {
  const scene = await openScene(onTestFinished, { echo: { ipv4: '198.41.0.4' } });
  scene.route('web');
  scene.route('home', { keys: { 'content-mode': 'ddns' } });
  scene.route('odd', { keys: { 'content-mode': 'gateway-address', ttl: 'soon' } });
  scene.route('gone');
  const controller = await scene.run({ PAGE: 'true', MAX_DELETES: '0' });
  await scene.expectAt('gone.example.com', [`A ${HOME}`]);
  await scene.expectAt('home.example.com', ['A 198.41.0.4']);
  scene.unroute('gone');
  await eventually(() => expect(scene.row('gone.example.com')).toMatchObject({ state: 'held' }));
  await scene.expectEvent('odd', 'InvalidAnnotation');

  const browser = await openChromium();
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  const port = controller.lines.find((line) => line.msg.startsWith('serving'))?.['port'];
  await page.goto(`http://127.0.0.1:${String(port)}/`);
  const section = (name: string) => page.getByRole('region', { name, exact: true }).innerText();
  await expect(page.getByRole('banner').innerText()).resolves.toContain('ready');
  const problems = await section('Problems');
  expect(problems).toContain('InvalidAnnotation');
  expect(problems).toContain('HTTPRoute/apps/odd');
  expect(problems).toContain('DeletionsHeld');
  await expect(section('Waiting for you')).resolves.toMatch(/gone\.example\.com A\s+held/);
  const egress = await section('Egress address');
  expect(egress).toContain('198.41.0.4, confirmed');
  for (const voter of scene.echo.voters('ipv4')) expect(egress).toContain(new URL(voter).host);
  const records = await section('Records');
  for (const name of ['web.example.com', 'home.example.com', 'gone.example.com'])
    expect(records).toContain(name);
  await expect(section('History')).resolves.toMatch(/create\s+gone\.example\.com A/);
});
