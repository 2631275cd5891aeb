/** Refusals in a row after which no more calls are made. One may be a hiccup of Cloudflare's. */
const REFUSALS = 3;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

/** What a call was for: the zones as a whole, or the records of one. */
export type CallScope = 'zones' | 'records';

/**
 * Whether Cloudflare takes the token, as the calls show. Open: no call is made but one probe after each pause.
 * Times are milliseconds of one clock.
 */
export interface Circuit {
  /** What the last call that said something of the token said. */
  readonly verdict: 'unknown' | 'accepted' | 'refused';
  /** Refusals since a call was accepted, and those of writes since a write was. */
  readonly refusals: number;
  readonly writeRefusals: number;
  /** Cloudflare's words at the first of them; kept, so that one trouble is told once. */
  readonly why: string | undefined;
  /** When the next probe may go out; `undefined` while the circuit is closed. */
  readonly probeAt: number | undefined;
  /** Times it opened without a write having been accepted in between: each makes the pauses longer. */
  readonly openings: number;
  /** Whether the last call about records was accepted. */
  readonly records: boolean;
}

export const CLOSED: Circuit = {
  verdict: 'unknown',
  refusals: 0,
  writeRefusals: 0,
  why: undefined,
  probeAt: undefined,
  openings: 0,
  records: false,
};

/** How long until a call may go out; 0 when it may now. */
export function waitMs({ probeAt }: Circuit, now: number): number {
  return probeAt === undefined ? 0 : Math.max(0, probeAt - now);
}

/** A probe goes out: the next one has to wait, whatever becomes of this. */
export function probing(circuit: Circuit, now: number): Circuit {
  return circuit.probeAt === undefined ? circuit : { ...circuit, probeAt: now + pauseMs(circuit.openings) };
}

/** Cloudflare did what was asked, or refused it for another reason than the token. */
export function accepted(circuit: Circuit, scope: CallScope, write: boolean): Circuit {
  return {
    verdict: 'accepted',
    refusals: 0,
    why: undefined,
    probeAt: undefined,
    // Reads that work say nothing of the right to write: the next refusal opens it again, and for longer.
    writeRefusals: write ? 0 : circuit.writeRefusals,
    openings: write ? 0 : circuit.openings,
    records: circuit.records || scope === 'records',
  };
}

interface RefusedCall {
  readonly scope: CallScope;
  readonly write: boolean;
}

/** Cloudflare refused the token. */
export function refused(circuit: Circuit, call: RefusedCall, why: string, now: number): Circuit {
  const refusals = circuit.refusals + 1;
  const writeRefusals = circuit.writeRefusals + (call.write ? 1 : 0);
  const records = call.scope === 'records' ? false : circuit.records;
  const verdict = 'refused' as const;
  const next = { ...circuit, verdict, refusals, writeRefusals, records, why: circuit.why ?? why };
  if (circuit.probeAt === undefined && Math.max(refusals, writeRefusals) < REFUSALS) return next;
  const openings = circuit.openings + 1;
  return { ...next, openings, probeAt: now + pauseMs(openings) };
}

/** The token is another one: it is tried at once. */
export function renewed(circuit: Circuit, now: number): Circuit {
  return circuit.probeAt === undefined ? circuit : { ...circuit, probeAt: now, openings: 0 };
}

function pauseMs(openings: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(20, Math.max(0, openings - 1)));
}
