import { textAt } from '../sandbox/json-value.ts';
import type { SandboxKubernetes } from '../sandbox/sandbox-kubernetes.ts';
import type { DemoScreen } from './demo-screen.ts';

/** An Event as the Kubernetes API holds it. */
export interface DemoEvent {
  readonly id: string;
  readonly type: string;
  readonly reason: string;
  /** `HTTPRoute/web/shop`. */
  readonly on: string;
  readonly note: string;
}

export function eventsOf(kubernetes: SandboxKubernetes): DemoEvent[] {
  return kubernetes.objects.list('Event').map((event) => ({
    id: event.metadata.uid,
    type: textAt(event, 'type') ?? '',
    reason: textAt(event, 'reason') ?? '',
    on: ['kind', 'namespace', 'name'].map((member) => textAt(event, 'regarding', member) ?? '').join('/'),
    note: textAt(event, 'note') ?? '',
  }));
}

/** As `kubectl describe` would tell it. */
export function eventLine(screen: DemoScreen, { type, reason, on, note }: DemoEvent): void {
  const style = type === 'Warning' ? 'yellow' : 'green';
  screen.write(`  ${screen.paint(style, `${type}  ${reason}`)}  ${on}\n`);
  screen.note(note);
}
