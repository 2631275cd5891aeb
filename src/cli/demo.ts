import type { CommandContext } from './context.ts';
import { stayUp } from './demo-keep.ts';
import { readManifests, type OwnManifests } from './demo-manifests.ts';
import { playOwn } from './demo-own.ts';
import { DemoScene } from './demo-scene.ts';
import { DemoScreen } from './demo-screen.ts';
import { DemoStage } from './demo-stage.ts';
import { playStory } from './demo-story.ts';
import { DemoFailure, DemoStopped } from './demo-wait.ts';
import { tell } from './open-ledger.ts';

/**
 * `routeflare demo [FILE…]`: the real controller between a Kubernetes API and a Cloudflare API in this process. Plays a
 * story, or the manifests in the files.
 */
export async function demo(context: CommandContext): Promise<number> {
  const { operands, flags } = context.args;
  const manifests = operands.length === 0 ? undefined : await readManifests(operands);
  if (manifests?.ok === false) return tell(context, manifests.error.join('\nrouteflare: '));
  const stop = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(1);
    stop.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onSignal);
  const stage = await DemoStage.open();
  try {
    const good = await play(stage, context, manifests?.value, flags.has('keep'), stop.signal);
    return good ? 0 : 1;
  } catch (error) {
    if (error instanceof DemoStopped) return tell(context, 'the demo was stopped');
    if (!(error instanceof DemoFailure)) throw error;
    const last = stage.lastError();
    const log = stage.keepLog();
    return tell(
      context,
      [
        error.message,
        ...(last === undefined ? [] : [`The controller's last complaint: ${last}`]),
        ...(log === undefined ? [] : [`Its log: ${log}`]),
      ].join('\n'),
    );
  } finally {
    await stage.close();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal).off('SIGHUP', onSignal);
  }
}

/** @returns whether everything came out as it must */
async function play(
  stage: DemoStage,
  context: CommandContext,
  manifests: OwnManifests | undefined,
  keep: boolean,
  signal: AbortSignal,
): Promise<boolean> {
  const screen = new DemoScreen(context);
  const scene = new DemoScene(stage, screen, signal);
  let good = true;
  if (manifests === undefined) good = await playStory(scene);
  else await playOwn(scene, manifests);
  if (keep) await stayUp(stage, screen, signal);
  else if (manifests === undefined) {
    screen.say('To go on by yourself: demo --keep stays up for kubectl, demo FILE plays your own manifests.');
  }
  return good;
}
