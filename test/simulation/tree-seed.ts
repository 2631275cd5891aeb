import { execFileSync } from 'node:child_process';

const DIGITS = 8;

/**
 * A seed that is new with each change of what is committed, and the same wherever that is checked out: so that fresh
 * histories can be played before a change is handed in, and CI plays the same.
 */
export function treeSeed(seeds: number): number {
  const tree = execFileSync('git', ['rev-parse', 'HEAD^{tree}'], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  return Number.parseInt(tree.slice(0, DIGITS), 16) % seeds;
}
