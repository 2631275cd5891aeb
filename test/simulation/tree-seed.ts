import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';

/** What decides a history. */
const TREES = ['HEAD:src', 'HEAD:migrations', 'HEAD:test/simulation'];
const BYTES = 4;

/**
 * A seed that is new with each change of the program or of the simulator, and the same wherever that commit is checked
 * out: so that fresh histories can be played before a change is handed in, and CI plays the same.
 */
export function treeSeed(seeds: number): number {
  const ids = execFileSync('git', ['rev-parse', ...TREES], { cwd: import.meta.dirname, encoding: 'utf8' });
  return createHash('sha256').update(ids).digest().readUIntBE(0, BYTES) % seeds;
}
