import { KubernetesRefusal } from '../sandbox/kubernetes-refusal.ts';
import type { ObjectInput } from '../sandbox/kubernetes-object.ts';
import { GATEWAY_IPV4, GATEWAY_IPV6 } from './demo-cast.ts';
import { changeList } from './demo-changes.ts';
import { runCommand, type CommandAnswer } from './demo-command.ts';
import { eventLine, eventsOf } from './demo-events.ts';
import { missingGateways, ownAddresses } from './demo-gateways.ts';
import { describe, type OwnManifests } from './demo-manifests.ts';
import { recordTable } from './demo-records.ts';
import type { DemoScene } from './demo-scene.ts';
import { DemoSettled } from './demo-settled.ts';
import { EGRESS_IPV4 } from './demo-stage.ts';
import { DemoFailure } from './demo-wait.ts';
import { zoneNames } from './demo-zone-names.ts';

const PLAN_MS = 15_000;

/** Plays a person's own manifests in place of the story: the plan, what became of it, and the records. */
export async function playOwn(scene: DemoScene, manifests: OwnManifests): Promise<void> {
  const { stage, screen } = scene;
  const zones = setTheScene(scene, manifests);

  await scene.act('1  What would be done');
  screen.command('routeflare plan');
  await showPlan(scene);

  await scene.act('2  The controller does it');
  stage.startController();
  await scene.untilReady();
  const settled = new DemoSettled(stage, scene.signal);
  await scene.until('nothing is left to do and to tell', () => settled.missing());
  screen.blank();
  const changes = scene.changes();
  if (changes.length === 0) screen.note('nothing was changed');
  changeList(screen, changes);

  await scene.act('3  What it tells, by Events');
  const events = eventsOf(stage.kubernetes);
  for (const event of events) eventLine(screen, event);
  if (events.length === 0) screen.note('nothing');

  await scene.act('4  What is in Cloudflare now');
  const changed = new Set(changes.map(({ name, type }) => `${name} ${type}`));
  for (const zone of zones) {
    if (zones.length > 1) screen.say(`zone ${zone}`, 'bold');
    recordTable(screen, stage.cloudflare.records(zone), stage.owner, changed);
  }
  if (zones.length === 0) screen.note('there is no zone, because there is no hostname');
}

/** Runs the command itself, so that what is seen here is what a person would see. */
async function showPlan(scene: DemoScene): Promise<void> {
  const { stage, screen, signal } = scene;
  const env = { ...stage.env, FORCE_COLOR: screen.coloured ? '1' : '0' };
  let answer: CommandAnswer | undefined;
  const asking = runCommand(['plan'], env, { signal, timeoutMs: PLAN_MS }).then((given) => {
    answer = given;
  });
  await scene.until('the plan is made', () => (answer === undefined ? 'It takes too long' : undefined));
  await asking;
  if (answer?.code !== 0) throw new DemoFailure(`the plan could not be made: ${answer?.err.trim() ?? ''}`);
  screen.write(answer.out);
}

/** Applies the objects and what they need to stand on, and says what that is. @returns the zones */
function setTheScene({ stage, screen }: DemoScene, { objects, skipped }: OwnManifests): string[] {
  const sources = objects.filter(({ kind }) => kind.endsWith('Route'));
  screen.say('Routeflare demo, with your manifests', 'bold');
  for (const line of skipped)
    screen.say(`Left out, since the demo can do nothing with it: ${line}`, 'yellow');
  for (const object of objects.filter(isUnwatchedSource)) {
    const why = 'the demo watches routes alone, whatever SOURCES is';
    screen.say(`Left out, since ${why}: ${describe(object)}`, 'yellow');
  }
  const zones = zoneNames(objects);
  for (const zone of zones) stage.addZone(zone);
  if (zones.length > 0) {
    screen.say(`Zones in Cloudflare: ${zones.join(', ')} (by the last labels of the hostnames; all empty).`);
  }
  const standIns = missingGateways(objects);
  for (const gateway of standIns) {
    screen.say(`${describe(gateway)} is not in the files: one that accepts every route stands in for it.`);
  }
  for (const gateway of [...objects.filter(({ kind }) => kind === 'Gateway'), ...standIns]) {
    const own = ownAddresses(gateway);
    const { namespace = 'default', name } = gateway.metadata;
    stage.kubernetes.gatewayAddresses(namespace, name, own.length > 0 ? own : [GATEWAY_IPV4, GATEWAY_IPV6]);
    if (own.length === 0) {
      screen.say(`${describe(gateway)} is given the addresses ${GATEWAY_IPV4} and ${GATEWAY_IPV6}.`);
    }
  }
  screen.say(`The internet line has the address ${EGRESS_IPV4}.`);
  for (const object of [...objects, ...standIns].toSorted((a, b) => rank(a) - rank(b))) apply(stage, object);
  if (!sources.some(({ metadata }) => annotations(metadata).some((key) => key.startsWith('routeflare/')))) {
    screen.say(
      'No route here has an annotation of ours, so nothing will be published: docs/annotations.md.',
      'yellow',
    );
  }
  return zones;
}

function apply({ kubernetes }: DemoScene['stage'], object: ObjectInput): void {
  try {
    kubernetes.objects.apply(object);
  } catch (cause) {
    if (!(cause instanceof KubernetesRefusal)) throw cause;
    throw new DemoFailure(`${describe(object)} was refused by the API server: ${cause.message}`, { cause });
  }
}

/** Namespaces before what is in them, parents before routes. */
function rank({ kind }: ObjectInput): number {
  const order = ['Namespace', 'GatewayClass', 'Gateway', 'ListenerSet'];
  return order.includes(kind) ? order.indexOf(kind) : order.length;
}

/** A source of a kind that SOURCES has to name, and that asks for something. */
function isUnwatchedSource({ kind, metadata }: ObjectInput): boolean {
  const asks = annotations(metadata).some((key) => key.startsWith('routeflare/'));
  return asks && (kind === 'Ingress' || kind === 'Service');
}

function annotations(metadata: ObjectInput['metadata']): string[] {
  const { annotations: found } = metadata;
  return typeof found === 'object' && found !== null ? Object.keys(found) : [];
}
