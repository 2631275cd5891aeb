import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Right } from './cluster/rights.ts';

/** What one scene's chart granted, and what its program asked for. */
export interface SceneRights {
  /** Path of the test file. */
  readonly file: string;
  readonly granted: readonly Right[];
  readonly used: readonly Right[];
}

/** Rights of the chart that no test here can use, with the reason. */
const UNUSED: Readonly<Record<Right, string>> = {};

/**
 * Compares what the chart grants with what the program used, over all scenes. A right that nothing used is a fault,
 * and so is one that is excused and was used after all, but only when every file with a scene was run.
 * @param folder of the test files
 */
export function judgeRights(
  scenes: readonly SceneRights[],
  folder: string,
): { readonly text: string; readonly faults: readonly string[] } {
  const used = new Set(scenes.flatMap((scene) => scene.used));
  const granted = new Set(scenes.flatMap((scene) => scene.granted));
  const unused = [...granted].filter((right) => !used.has(right)).toSorted();
  const run = new Set(scenes.map(({ file }) => basename(file)));
  const whole = filesWithScenes(folder).every((name) => run.has(name));
  if (!whole) return { text: 'rights are judged only when all files were run', faults: [] };
  const needless = unused.filter((right) => !(right in UNUSED));
  const excused = Object.keys(UNUSED).filter((right) => used.has(right));
  const faults = [
    ...needless.map((right) => `the chart grants "${right}", and nothing used it: take it away, or try it`),
    ...excused.map((right) => `"${right}" was used: it needs no excuse any more`),
  ];
  const text = [
    `rights used: ${[...used].toSorted().join(', ')}`,
    `rights of the chart that nothing used: ${unused.join(', ') || 'none'}`,
  ];
  return { text: text.join('\n'), faults };
}

function filesWithScenes(folder: string): string[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.e2e.ts'));
  const here = "from './cluster/scene.ts'";
  return files.filter((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    return text.includes(here) && text.includes('Scene.open(');
  });
}
