import type { HappeningReason, ProblemReason } from '../domain/problem.ts';
import type { SourceRef } from '../domain/source.ts';

/** One Kubernetes Event to send. Without a source it is about the controller's own Pod. */
export interface EventNote {
  readonly source?: SourceRef;
  readonly reason: HappeningReason | ProblemReason;
  readonly type: 'Normal' | 'Warning';
  readonly note: string;
}

/** Where Events go. It never throws and never waits: a lost Event must not hold up a record. */
export interface EventSink {
  emit(event: EventNote): void;
}
