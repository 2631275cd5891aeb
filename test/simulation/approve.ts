import { recordApproval } from '../../src/cli/approval.ts';
import { approvables } from '../../src/controller/approvables.ts';
import type { Lab } from './lab.ts';

/** A person looks at what is held, and lets it go. Answers whether there was anything. */
export function approve(lab: Lab): boolean {
  const { process } = lab;
  if (process === undefined) return false;
  const held = approvables(process.port.claims(), []).filter(({ kind }) => kind === 'held');
  if (held.length === 0 && process.otherCluster() === undefined) return false;
  lab.tell(`a person approves ${held.length} held deletions`);
  lab.coverage.hit('event', 'approval');
  const problem = recordApproval(process.ledger, held, process.clusterId);
  if (problem !== undefined) throw new Error(problem);
  process.loop.drift();
  return true;
}
