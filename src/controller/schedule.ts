import { createTask, type ScheduledTask } from 'node-cron';

/** Runs `task` by a cron expression in UTC, each time up to `jitterMs` later, so that installations spread out. */
export class Schedule {
  readonly #task: ScheduledTask;
  #pending: NodeJS.Timeout | undefined;

  constructor(expression: string, jitterMs: number, random: () => number, task: () => void) {
    this.#task = createTask(
      expression,
      () => {
        clearTimeout(this.#pending);
        this.#pending = setTimeout(task, random() * jitterMs);
      },
      { timezone: 'UTC' },
    );
    void this.#task.start();
  }

  stop(): void {
    clearTimeout(this.#pending);
    void this.#task.destroy();
  }
}
