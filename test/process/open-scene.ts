import type { TestContext } from 'vitest';
import { Scene, type SceneOptions } from './scene.ts';

/** A scene of one test alone, so that the test can run beside others; closed when it ends. */
export async function openScene(
  onTestFinished: TestContext['onTestFinished'],
  options: SceneOptions = {},
): Promise<Scene> {
  const scene = await Scene.open(options);
  onTestFinished(() => scene.close());
  return scene;
}
