/**
 * Matches what is there with what is wanted, so that as little as possible is written: equal contents first,
 * the rest in order. What is left over on either side is to be removed or made.
 */
export function pairContents<T extends { readonly content: string }>(
  present: readonly T[],
  wanted: readonly string[],
): {
  readonly pairs: readonly (readonly [T, string])[];
  readonly extra: readonly T[];
  readonly missing: readonly string[];
} {
  const rest = [...present];
  const pairs: (readonly [T, string])[] = [];
  const missing: string[] = [];
  for (const content of wanted) {
    const index = rest.findIndex((each) => each.content === content);
    const [found] = index === -1 ? [] : rest.splice(index, 1);
    if (found === undefined) missing.push(content);
    else pairs.push([found, content]);
  }
  while (rest.length > 0 && missing.length > 0) {
    const [from] = rest.splice(0, 1);
    const [content] = missing.splice(0, 1);
    if (from !== undefined && content !== undefined) pairs.push([from, content]);
  }
  return { pairs, extra: rest, missing };
}
