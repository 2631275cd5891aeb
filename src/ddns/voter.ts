import type { Vote } from '../domain/egress.ts';
import type { Result } from '../domain/result.ts';

/**
 * Someone who can say from which address we come. `operator` lists who may stand behind an answer: one, or several
 * where it cannot be known which of them answered. `ask` settles within a few seconds and never rejects; an address
 * in its vote is not judged yet.
 */
export interface Voter {
  readonly name: string;
  readonly operator: readonly string[];
  ask(signal: AbortSignal): Promise<Vote>;
}

/** The vote of a voter, from the address it gave or the reason why it gave none. */
export function castBy(voter: Pick<Voter, 'name' | 'operator'>, answer: Result<string, string>): Vote {
  const by = { voter: voter.name, operator: voter.operator.join('-or-') };
  return answer.ok ? { ...by, address: answer.value } : { ...by, refused: answer.error };
}
