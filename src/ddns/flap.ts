const WINDOW_MS = 3_600_000;
const CALM_CHANGES = 3;
const SHORTEST_DAMPED_MS = 20_000;
const LONGEST_MS = 900_000;

/** How long a change must hold before it is believed, and why it is longer than the setting says. */
export interface ConfirmDelay {
  readonly ms: number;
  readonly why?: string;
}

/**
 * Flap damping, as for a line whose traffic alternates between two uplinks: beyond three changes within an hour each
 * further one doubles the delay, up to fifteen minutes.
 * @param changes when the address changed, in epoch milliseconds
 */
export function confirmDelay(changes: readonly number[], now: number, configuredMs: number): ConfirmDelay {
  const recent = recentChanges(changes, now).length;
  if (recent <= CALM_CHANGES) return { ms: configuredMs };
  const doubled = Math.max(configuredMs, SHORTEST_DAMPED_MS) * 2 ** (recent - CALM_CHANGES);
  const ms = Math.max(configuredMs, Math.min(doubled, LONGEST_MS));
  return { ms, why: `the address changed ${recent} times within an hour, so the wait is longer than usual` };
}

/** The changes that still count for damping. */
export function recentChanges(changes: readonly number[], now: number): readonly number[] {
  return changes.filter((at) => now - at < WINDOW_MS);
}
