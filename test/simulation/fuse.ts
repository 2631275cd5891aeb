/** Where the process can be killed. */
export const KILL_POINTS = [
  'before a transaction',
  'inside a transaction',
  'after a commit',
  'before a call leaves',
  'while a call is on its way',
  'when the answer arrives',
] as const;
export type KillPoint = (typeof KILL_POINTS)[number];

/** Thrown through the program when it is killed at once; nothing of it runs afterwards. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** Kills at the n-th time that a point is passed. */
export class Fuse {
  /** Points passed so far, of any kind. */
  passed = 0;
  #at: number | undefined;
  #armed: { readonly point: KillPoint; left: number } | undefined;

  arm(point: KillPoint, countdown: number): void {
    this.#armed = { point, left: countdown };
  }

  /** Kills at the n-th point from now on, of whatever kind. */
  armAt(passed: number): void {
    this.#at = this.passed + passed;
  }

  disarm(): void {
    this.#armed = undefined;
    this.#at = undefined;
  }

  /** Whether the process ends here. */
  burnt(point: KillPoint): boolean {
    this.passed += 1;
    if (this.#at !== undefined && this.passed >= this.#at) {
      this.#at = undefined;
      return true;
    }
    if (this.#armed?.point !== point) return false;
    this.#armed.left -= 1;
    if (this.#armed.left >= 0) return false;
    this.#armed = undefined;
    return true;
  }
}
