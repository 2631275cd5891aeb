import type { RecordData } from './record.ts';

export type ChangeAction = 'create' | 'update' | 'adopt' | 'delete' | 'release';

/** A write begun and not settled. `before`/`after` are the record's fields, absent for create/delete. */
export interface Intent {
  readonly id: number;
  readonly at: string;
  readonly action: ChangeAction;
  readonly zoneId: string;
  readonly zoneName: string;
  readonly name: string;
  readonly type: string;
  readonly recordId: string | undefined;
  readonly before: RecordData | undefined;
  readonly after: RecordData | undefined;
}

/** One line of the append-only history. `outcome` is `done`, `in doubt`, or why it was refused. */
export interface HistoryEntry {
  readonly at: string;
  readonly action:
    | ChangeAction
    | 'take-over'
    | 'recover'
    | 'hold'
    | 'leave'
    | 'approve'
    | 'settle'
    | 'stop'
    | 'resume';
  readonly zoneName: string;
  readonly name: string;
  readonly type: string;
  readonly before: RecordData | undefined;
  readonly after: RecordData | undefined;
  readonly reason: string;
  readonly holder: string;
  readonly outcome: string;
}
