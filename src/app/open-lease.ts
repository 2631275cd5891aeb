import { instantOf } from '../domain/clock.ts';
import { SYSTEM_CLOCK } from './system-clock.ts';
import { hostname } from 'node:os';
import type { Permit } from '../domain/permit.ts';
import type { Connection } from '../kubernetes/connection.ts';
import { pause } from '../kubernetes/timings.ts';
import { WriterLease } from '../kubernetes/writer-lease.ts';
import { leaseName, leaseNamespace } from './lease-place.ts';
import type { Telemetry } from './telemetry.ts';

/** Why nobody else writes, asked at each write; and the end of it. */
export interface WriterGuard {
  readonly permit: () => Permit;
  readonly close: () => Promise<void>;
}

export interface LeaseParts {
  readonly connection: Connection;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly owner: string;
  readonly random: () => number;
  readonly telemetry: Telemetry;
  /** After every change of what may be written. */
  readonly onChange: () => void;
}

/** Nothing is written, so nobody has to be kept away. */
export function noLease({ health }: Telemetry): WriterGuard {
  health.met('only writer');
  return { permit: () => ({ kind: 'all' }), close: () => Promise.resolve() };
}

/** Starts to ask for this installation's Lease, and waits for nothing. */
export async function openLease(parts: LeaseParts): Promise<WriterGuard> {
  const { connection, env, random, telemetry, onChange } = parts;
  const { health, board, log } = telemetry;
  const namespace = await leaseNamespace(env, connection);
  const name = leaseName(env, parts.owner);
  const tell = (): void => {
    const permit = lease.permit();
    if (permit.kind === 'all') health.met('only writer', lease.unguarded ?? '');
    else health.unmet('only writer', permit.why);
    board.update('lease', lease.problems());
    log.info({ lease: `${namespace}/${name}`, may: permit.kind }, 'what may be written changed');
    onChange();
  };
  const lease = new WriterLease({
    connection,
    namespace,
    name,
    holder: env['POD_NAME'] || hostname(),
    podUid: env['POD_UID'] ?? '',
    now: () => instantOf(SYSTEM_CLOCK),
    random,
    sleep: pause,
    onChange: tell,
    onFault: (cause) => log.error({ err: cause }, 'fault of the program'),
  });
  health.unmet('only writer', 'its Lease is being asked for');
  lease.start();
  return { permit: () => lease.permit(), close: () => lease[Symbol.asyncDispose]() };
}
