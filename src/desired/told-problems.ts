import type { Problem } from '../domain/problem.ts';
import { refText } from '../domain/source.ts';

/** A source with hundreds of names that all wait is one trouble, and may be somebody's attack on the log. */
const TOLD_OF_A_KIND = 100;

/** Of each reason and source the first hundred, and one that counts the others. */
export function toldProblems(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= TOLD_OF_A_KIND) return problems;
  const kinds = Map.groupBy(
    problems,
    ({ reason, source }) => `${reason} ${source === undefined ? '' : refText(source)}`,
  );
  return [...kinds.values()].flatMap((alike) => {
    const [first] = alike;
    const untold = alike.length - TOLD_OF_A_KIND;
    if (untold <= 0 || first === undefined) return alike;
    const { name: _name, type: _type, ...rest } = first;
    const message = `${untold} more problems of this kind here; the first of all is: ${first.message}`;
    return [...alike.slice(0, TOLD_OF_A_KIND), { ...rest, message }];
  });
}
