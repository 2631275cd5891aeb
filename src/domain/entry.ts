import type { RecordData } from './record.ts';
import type { Ttl } from './ttl.ts';

export type ChangeAction = 'create' | 'update' | 'adopt' | 'delete' | 'release';

/** A TXT record in which external-dns says that a record is its own; gone, or put back, in the record's own transaction. */
export interface RegistryText {
  readonly name: string;
  readonly content: string;
  readonly ttl: Ttl;
}

/** A record's fields, and what `import` found to speak for it. */
export interface FoundData extends RecordData {
  readonly registry?: readonly RegistryText[];
}

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
  readonly before: FoundData | undefined;
  readonly after: FoundData | undefined;
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
  readonly before: FoundData | undefined;
  readonly after: FoundData | undefined;
  readonly reason: string;
  readonly holder: string;
  readonly outcome: string;
}
