import type { PlanLine } from '../plan/describe.ts';
import { fieldsOf } from './act-request.ts';
import { askController, controlPath } from './control.ts';

const LONGEST_ANSWER_MS = 5_000;

/**
 * What stands in the way now, as the controller that runs on this ledger says; nothing where none runs. One that
 * cannot say is a line of its own.
 */
export async function standingProblems(ledgerPath: string): Promise<readonly PlanLine[]> {
  const answer = await askController(controlPath(ledgerPath), 'problems', undefined, LONGEST_ANSWER_MS);
  if (answer?.ok === false)
    return [lineIn({ reason: `what stands in the way is not known: ${answer.error}` })];
  return Array.isArray(answer?.value) ? answer.value.map((row) => lineIn(row)) : [];
}

function lineIn(row: unknown): PlanLine {
  const fields = fieldsOf(row);
  const text = (key: keyof PlanLine): string => (typeof fields[key] === 'string' ? fields[key] : '');
  return {
    sign: '!',
    zone: text('zone'),
    name: text('name'),
    type: text('type'),
    from: '',
    to: '',
    source: text('source'),
    reason: text('reason'),
  };
}
