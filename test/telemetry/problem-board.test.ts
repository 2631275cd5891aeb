import { describe, expect, it, vi } from 'vitest';
import type { Problem } from '../../src/domain/problem.ts';
import { ProblemBoard } from '../../src/telemetry/problem-board.ts';
import { CapturedEvents } from './captured.ts';

const PENDING: Problem = {
  reason: 'Pending',
  message: 'no address yet',
  source: { kind: 'HTTPRoute', namespace: 'default', name: 'app' },
  name: 'app.example.com',
};
const ORPHAN: Problem = { reason: 'Orphan', message: 'nobody wants it', zone: 'example.com' };

function board(pendingGraceMs = 0) {
  const events = new CapturedEvents();
  const told: string[] = [];
  const counts: Record<string, number> = {};
  const problems = new ProblemBoard({
    events,
    log: {
      warn: (fields, message) => told.push(`${message}: ${(fields as Problem).reason}`),
      info: (fields, message) => told.push(`${message}: ${(fields as Problem).reason}`),
    },
    metrics: { problemCounts: (now) => Object.assign(counts, now) },
    pendingGraceMs,
  });
  return { problems, events, told, counts };
}

describe('ProblemBoard', () => {
  it('tells a problem when it appears and when it clears, not in between', () => {
    const { problems, events, told, counts } = board();
    problems.update('zone-1', [PENDING]);
    problems.update('zone-1', [{ ...PENDING }]);
    problems.update('zone-1', [PENDING, ORPHAN]);
    expect(told).toEqual(['problem appeared: Pending', 'problem appeared: Orphan']);
    problems.update('zone-1', [ORPHAN]);
    expect(told.at(-1)).toBe('problem cleared: Pending');
    expect(counts).toMatchObject({ Pending: 0, Orphan: 1 });
    expect(events.sent).toEqual([
      { reason: 'Pending', type: 'Warning', note: 'no address yet', source: PENDING.source },
      { reason: 'Orphan', type: 'Warning', note: 'nobody wants it' },
    ]);
  });

  it('counts the same problem in two scopes once, until both are rid of it', () => {
    const { problems, events, told, counts } = board();
    problems.update('zone-1', [PENDING]);
    problems.update('desired', [PENDING, PENDING]);
    expect(counts['Pending']).toBe(1);
    expect(events.sent).toHaveLength(1);
    problems.update('zone-1', []);
    expect(problems.current()).toEqual([PENDING]);
    expect(told).toHaveLength(1);
    problems.update('desired', []);
    expect(problems.current()).toEqual([]);
    expect(counts['Pending']).toBe(0);
  });

  it('tells a problem again that came back, and one whose words changed', () => {
    const { problems, events } = board();
    problems.update('desired', [PENDING]);
    problems.update('desired', []);
    problems.update('desired', [PENDING]);
    problems.update('desired', [{ ...PENDING, message: 'the gateway is gone' }]);
    expect(events.sent.map(({ note }) => note)).toEqual([
      'no address yet',
      'no address yet',
      'the gateway is gone',
    ]);
    expect(problems.current()).toHaveLength(1);
  });

  it('tells a problem once whose detail alone changes, and shows the newest', () => {
    const { problems, events } = board();
    const held = (detail: string): Problem => ({ reason: 'DeletionsHeld', message: 'held', detail });
    problems.update('brake', [held('6 now')]);
    problems.update('brake', [held('7 now')]);
    expect(events.sent).toHaveLength(1);
    expect(problems.current()).toEqual([held('7 now')]);
  });

  it('tells that backends are ready where it was told that they were not, and nowhere else', () => {
    const { problems, events } = board();
    const source = { kind: 'HTTPRoute', namespace: 'default', name: 'app' } as const;
    problems.ready(source, 'ready again');
    expect(events.sent).toEqual([]);
    problems.update('desired', [{ reason: 'NotReady', message: 'no endpoint', source }]);
    problems.ready({ ...source, name: 'other' }, 'ready again');
    problems.ready(source, 'ready again');
    expect(events.sent.slice(1)).toEqual([{ source, reason: 'Ready', type: 'Normal', note: 'ready again' }]);
  });

  it('tells of what is pending only when it lasts, and never of what passed meanwhile', () => {
    vi.useFakeTimers();
    try {
      const { problems, events, told, counts } = board(3_000);
      problems.update('desired', [PENDING, ORPHAN]);
      expect(counts).toMatchObject({ Pending: 1, Orphan: 1 });
      expect(events.sent.map(({ reason }) => reason)).toEqual(['Orphan']);
      vi.advanceTimersByTime(2_000);
      problems.update('desired', [ORPHAN]);
      vi.advanceTimersByTime(5_000);
      expect(told).toEqual(['problem appeared: Orphan']);
      problems.update('desired', [PENDING]);
      vi.advanceTimersByTime(3_000);
      expect(events.sent.map(({ reason }) => reason)).toEqual(['Orphan', 'Pending']);
    } finally {
      vi.useRealTimers();
    }
  });
});
