import type { LabelSelector } from '../domain/cluster.ts';

/**
 * Whether a label selector takes these labels; `undefined` when it holds an operator that we do not know.
 * An absent selector takes nothing, an empty one everything. apimachinery, LabelSelectorAsSelector.
 */
export function selects(
  selector: LabelSelector | undefined,
  labels: Readonly<Record<string, string>>,
): boolean | undefined {
  if (selector === undefined) return false;
  const labelOf = (key: string) => (Object.hasOwn(labels, key) ? labels[key] : undefined);
  const answers = Object.entries(selector.matchLabels).map(
    ([key, value]): boolean | undefined => labelOf(key) === value,
  );
  for (const { key, operator, values } of selector.matchExpressions) {
    const label = labelOf(key);
    if (operator === 'In') answers.push(label !== undefined && values.includes(label));
    else if (operator === 'NotIn') answers.push(label === undefined || !values.includes(label));
    else if (operator === 'Exists') answers.push(label !== undefined);
    else if (operator === 'DoesNotExist') answers.push(label === undefined);
    else answers.push(undefined);
  }
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}
