/** How long anything may take on a slow machine before it counts as never. */
const DEADLINE_MS = 25_000;
const STEP_MS = 15;

/**
 * Asks until `check` throws nothing, and answers what it answered. Past the deadline the last error is thrown, so
 * a test fails with the expectation that did not hold.
 */
export async function eventually<T>(check: () => T | Promise<T>, withinMs = DEADLINE_MS): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await pause(STEP_MS);
  }
}

/** For proving that nothing happens; everything else is waited for by `eventually`. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
