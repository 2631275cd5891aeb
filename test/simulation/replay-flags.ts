/**
 * What plays histories again, as the simulator takes it: the seed alone tells another history where kinds of events were
 * favoured.
 */
export function replayFlags(seeds: readonly number[], favoured: readonly string[]): string {
  return `--seed ${seeds.join(', ')}${favourFlag(favoured)}`;
}

/** ` --favour "…"`, or nothing. */
export function favourFlag(favoured: readonly string[]): string {
  return favoured.length === 0 ? '' : ` --favour "${favoured.join(', ')}"`;
}
