import type { Clock } from '../domain/clock.ts';

/** This machine's clocks; both count from 1970, and are equal until the one is set. */
export const SYSTEM_CLOCK: Clock = {
  now: Date.now,
  steady: () => performance.timeOrigin + performance.now(),
};
