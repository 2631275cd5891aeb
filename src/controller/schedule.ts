import { createTask, type ScheduledTask } from 'node-cron';

/** Of the time to the next run; more, and runs of a short schedule would push each other out. */
const LARGEST_SHARE = 1 / 5;
/** How late a run may be before it counts as lost. */
const LATE_MS = 60_000;
/** What a timer can hold; it would fire at once for more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Runs `task` by a cron expression in UTC, each time up to `jitterMs` later, so that installations spread out; of a
 * short schedule, up to a fifth of its period later. A clock that is set back puts no run off by as much.
 */
export class Schedule {
  readonly #task: ScheduledTask;
  #pending: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;

  constructor(expression: string, jitterMs: number, random: () => number, task: () => void) {
    this.#task = createTask(
      expression,
      () => {
        this.#expect();
        clearTimeout(this.#pending);
        this.#pending = setTimeout(task, random() * Math.min(jitterMs, this.#periodMs() * LARGEST_SHARE));
      },
      // It would write lines of its own between ours for each run that a sleep of the machine left out.
      { timezone: 'UTC', suppressMissedWarning: true },
    );
    void this.#task.start();
    this.#expect();
  }

  stop(): void {
    clearTimeout(this.#pending);
    clearTimeout(this.#watch);
    void this.#task.destroy();
  }

  /** The task waits for the moment that it computed last, however far a clock that was set back has put that off. */
  #expect(): void {
    clearTimeout(this.#watch);
    const [next] = this.#task.getNextRuns(1);
    const dueMs = next === undefined ? Infinity : next.getTime() - Date.now() + LATE_MS;
    this.#watch = setTimeout(() => this.#begin(), Math.min(dueMs, LONGEST_TIMER_MS));
  }

  #begin(): void {
    void this.#task.stop();
    void this.#task.start();
    this.#expect();
  }

  /** From the next run to the one after it; without end when there is none. */
  #periodMs(): number {
    const [next, after] = this.#task.getNextRuns(2);
    return next === undefined || after === undefined ? Infinity : after.getTime() - next.getTime();
  }
}
