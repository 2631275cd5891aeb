import { createTask, type ScheduledTask } from 'node-cron';

/** Of the time to the next run; more, and runs of a short schedule would push each other out. */
const LARGEST_SHARE = 1 / 5;

/**
 * Runs `task` by a cron expression in UTC, each time up to `jitterMs` later, so that installations spread out; of a
 * short schedule, up to a fifth of its period later.
 */
export class Schedule {
  readonly #task: ScheduledTask;
  #pending: NodeJS.Timeout | undefined;

  constructor(expression: string, jitterMs: number, random: () => number, task: () => void) {
    this.#task = createTask(
      expression,
      () => {
        clearTimeout(this.#pending);
        this.#pending = setTimeout(task, random() * Math.min(jitterMs, this.#periodMs() * LARGEST_SHARE));
      },
      { timezone: 'UTC' },
    );
    void this.#task.start();
  }

  stop(): void {
    clearTimeout(this.#pending);
    void this.#task.destroy();
  }

  /** From the next run to the one after it; without end when there is none. */
  #periodMs(): number {
    const [next, after] = this.#task.getNextRuns(2);
    return next === undefined || after === undefined ? Infinity : after.getTime() - next.getTime();
  }
}
