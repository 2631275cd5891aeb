import { pause } from '../../src/kubernetes/timings.ts';
import { WriterLease } from '../../src/kubernetes/writer-lease.ts';
import type { Lab } from './lab.ts';
import type { LeaseLine } from './lease.ts';

export interface WriterParts {
  readonly line: LeaseLine;
  readonly holder: string;
  readonly podUid: string;
  readonly onChange: () => void;
}

/** Fewer renewals than usual, which cost time; still two before the deadline. */
const STRETCH = 2;
const LONGEST_STRETCHED_MS = 5_000;

/** The real keeper of the Lease, by simulated time; it asks for it from now on. */
export function openWriterLease(lab: Lab, parts: WriterParts): WriterLease {
  const { clock, random } = lab;
  const { line, ...rest } = parts;
  const lease = new WriterLease({
    ...rest,
    connection: line,
    namespace: 'routeflare',
    name: 'routeflare',
    now: () => ({ steady: clock.elapsed, wall: clock.now() }),
    random: () => random.next(),
    sleep: (ms, signal) => pause(ms < LONGEST_STRETCHED_MS ? ms * STRETCH : ms, signal),
    onFault: (cause) => lab.fail('no fault of the program', `the Lease: ${String(cause)}`),
  });
  lease.start();
  return lease;
}
