/** One thing that was looked at. `bad` keeps something from working; a `note` is worth knowing. */
export interface DoctorFinding {
  readonly topic: 'program' | 'ledger' | 'cloudflare' | 'kubernetes' | 'egress' | 'clock';
  readonly state: 'ok' | 'note' | 'bad';
  readonly what: string;
  /** What to do about it; '' where nothing is to be done. */
  readonly mend: string;
}

/** Findings of one topic. */
export function findingsOf(topic: DoctorFinding['topic']) {
  const of =
    (state: DoctorFinding['state']) =>
    (what: string, mend = ''): DoctorFinding => ({ topic, state, what, mend });
  return { ok: of('ok'), note: of('note'), bad: of('bad') };
}
