import {
  DEMO_ROUTES,
  DEMO_ZONE,
  demoGateway,
  demoRoute,
  GATEWAY_IPV4,
  GATEWAY_IPV6,
  HAND_MADE,
  NEW_EGRESS_IPV4,
  TUNNEL,
} from './demo-cast.ts';
import type { Expected } from './demo-expected.ts';
import type { DemoScene } from './demo-scene.ts';
import { EGRESS_IPV4 } from './demo-stage.ts';
import { DemoFailure } from './demo-wait.ts';

/** Plays the story. @returns whether its end is what it must be */
export async function playStory(scene: DemoScene): Promise<boolean> {
  await prologue(scene);
  await annotated(scene);
  await newAddress(scene);
  await editedByHand(scene);
  await strangersRecord(scene);
  await wrongAnnotation(scene);
  await killed(scene);
  return epilogue(scene);
}

async function prologue(scene: DemoScene): Promise<void> {
  const { stage, screen } = scene;
  screen.say('Routeflare demo', 'bold');
  screen.say(
    'A Kubernetes API, a Cloudflare API and a home router stand in for yours, in this process; the controller between them is the real one. Nothing leaves this computer.',
  );
  screen.blank();
  stage.addZone(DEMO_ZONE);
  for (const record of HAND_MADE) stage.cloudflare.create(DEMO_ZONE, record);
  stage.kubernetes.objects.apply(demoGateway());
  stage.kubernetes.gatewayAddresses('gateways', 'public', [GATEWAY_IPV4, GATEWAY_IPV6]);
  for (const route of DEMO_ROUTES) stage.kubernetes.objects.apply(route);
  stage.startController();
  await scene.untilReady();
  screen.say(
    `The cluster has a Gateway at ${GATEWAY_IPV4} and ${DEMO_ROUTES.length} HTTPRoutes, none annotated. Cloudflare has what people once made by hand, so nobody's marker is in the comments:`,
  );
  scene.expect(
    { name: 'example.com', type: 'MX', content: 'mail.example.com' },
    { name: 'blog.example.com', type: 'A', content: '192.0.2.80', ttl: 300 },
  );
  scene.showRecords();
}

async function annotated(scene: DemoScene): Promise<void> {
  const { screen } = scene;
  await scene.act('1  Routes are annotated, and their records appear');
  screen.say(
    "A record's content is the Gateway's address, the address of this internet line (ddns), or what is written (static).",
  );
  scene.annotate('web', 'shop', { 'content-mode': 'gateway-address' });
  scene.annotate('web', 'dev', { 'content-mode': 'gateway-address', type: 'A/AAAA' });
  scene.annotate('home', 'vpn', { 'content-mode': 'ddns', ttl: '60' });
  scene.annotate('home', 'photos', { 'content-mode': 'ddns', proxied: 'true' });
  scene.annotate('home', 'wiki', { 'content-mode': 'static', content: TUNNEL, proxied: 'true' });
  scene.expect(
    { name: 'shop.example.com', type: 'A', content: GATEWAY_IPV4, holder: 'HTTPRoute/web/shop' },
    { name: 'www.example.com', type: 'A', content: GATEWAY_IPV4, holder: 'HTTPRoute/web/shop' },
    { name: '*.dev.example.com', type: 'A', content: GATEWAY_IPV4, holder: 'HTTPRoute/web/dev' },
    { name: '*.dev.example.com', type: 'AAAA', content: GATEWAY_IPV6, holder: 'HTTPRoute/web/dev' },
    ...atHome(EGRESS_IPV4),
    {
      name: 'wiki.example.com',
      type: 'CNAME',
      content: TUNNEL,
      proxied: true,
      holder: 'HTTPRoute/home/wiki',
    },
  );
  await scene.untilExpected('the records are in Cloudflare', 8);
  scene.show();
}

async function newAddress(scene: DemoScene): Promise<void> {
  const { stage, screen } = scene;
  await scene.act('2  The internet line gets a new address, and the ddns records follow');
  screen.say(
    `The provider changes ${EGRESS_IPV4} to ${NEW_EGRESS_IPV4}. Independent services are asked where this line comes from; when enough of them agree, twice, it is believed.`,
  );
  const before = stage.cloudflare.calls.length;
  stage.echo.setAddress('ipv4', NEW_EGRESS_IPV4);
  scene.expect(...atHome(NEW_EGRESS_IPV4));
  const changes = await scene.untilExpected('the records have the new address', 3);
  scene.show();
  const writes = stage.cloudflare.calls.slice(before).filter(({ method }) => method !== 'GET').length;
  screen.note(`${changes.length} records, ${writes === 1 ? 'one call' : `${writes} calls`} to Cloudflare.`);
}

async function editedByHand(scene: DemoScene): Promise<void> {
  const { stage, screen } = scene;
  await scene.act('3  Somebody edits our records by hand, and they are set right');
  screen.say('In the dashboard, shop.example.com is pointed at 192.0.2.66, and wiki.example.com is deleted.');
  const shop = stage.cloudflare.record(DEMO_ZONE, 'shop.example.com', 'A');
  const wiki = stage.cloudflare.record(DEMO_ZONE, 'wiki.example.com', 'CNAME');
  if (shop !== undefined) stage.cloudflare.edit(DEMO_ZONE, shop.id, { content: '192.0.2.66' });
  if (wiki !== undefined) stage.cloudflare.remove(DEMO_ZONE, wiki.id);
  await scene.untilExpected('a drift check has set them right', 2);
  scene.show();
}

async function strangersRecord(scene: DemoScene): Promise<void> {
  const { stage, screen } = scene;
  await scene.act('4  A record that is not ours stands on a wanted name: it is left alone');
  screen.say('A new route wants blog.example.com, where a person has a record of an old host.');
  screen.command('kubectl apply -f blog.yaml');
  stage.kubernetes.objects.apply(demoRoute('web', 'blog', ['blog.example.com']));
  scene.annotate('web', 'blog', { 'content-mode': 'gateway-address' });
  const event = await scene.untilEvent('RecordConflict', 'HTTPRoute/web/blog');
  await nothingMoved(scene);
  scene.showEvent(event);
  screen.blank();
  scene.showRecords();
}

async function wrongAnnotation(scene: DemoScene): Promise<void> {
  const { screen } = scene;
  await scene.act('5  An annotation that cannot be understood: told, and nothing moves');
  scene.annotate('web', 'shop', { proxied: 'yes' });
  const event = await scene.untilEvent('InvalidAnnotation', 'HTTPRoute/web/shop');
  await nothingMoved(scene);
  scene.showEvent(event);
  screen.blank();
  scene.showRecords();
  screen.say('The wrong annotation is taken away again.');
  scene.annotate('web', 'shop', { proxied: '' });
}

async function killed(scene: DemoScene): Promise<void> {
  const { stage, screen } = scene;
  await scene.act('6  The controller is killed, and a route is deleted while it is down');
  screen.command('kill -KILL CONTROLLER');
  await stage.killController();
  screen.command('kubectl -n home delete httproute photos');
  stage.kubernetes.objects.delete('HTTPRoute', 'home', 'photos');
  const left = stage.cloudflare.record(DEMO_ZONE, 'photos.example.com', 'A');
  screen.say(
    left === undefined
      ? 'Nobody runs that could clean up, and photos.example.com is gone all the same.'
      : `photos.example.com still points at ${left.content}: nobody is there to clean up. The controller starts again, as the kubelet does it, sees that the route is gone, and waits DELETE_DELAY (1 s here) for another that wants the name.`,
  );
  stage.startController();
  await scene.untilReady();
  scene.expect({ name: 'photos.example.com', type: 'A', content: undefined });
  await scene.untilExpected('the record without a route is gone', 1);
  scene.showChanges();
}

async function epilogue(scene: DemoScene): Promise<boolean> {
  await scene.act('7  What must be in Cloudflare now');
  scene.showRecords();
  scene.screen.blank();
  const good = scene.check();
  scene.screen.blank();
  if (good) scene.screen.say('Everything is as it must be.', 'green');
  else scene.screen.say('Not everything is as it must be.', 'red');
  return good;
}

/** Every record is as before, over whole drift checks, and the ledger tells of no change. */
async function nothingMoved(scene: DemoScene): Promise<void> {
  await scene.untilDriftCheck();
  await scene.untilExpected('every record is what it was', 0);
  const changes = scene.changes();
  if (changes.length > 0) throw new DemoFailure(`something was changed: ${changes[0]?.name ?? ''}`);
}

function atHome(address: string): Expected[] {
  const vpn = { type: 'A', content: address, ttl: 60, holder: 'HTTPRoute/home/vpn' };
  return [
    { ...vpn, name: 'vpn.example.com' },
    { ...vpn, name: 'nas.example.com' },
    {
      name: 'photos.example.com',
      type: 'A',
      content: address,
      proxied: true,
      holder: 'HTTPRoute/home/photos',
    },
  ];
}
