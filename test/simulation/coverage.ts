/** Counts what was reached. What never was is a fault of the simulator. */
export class Coverage {
  readonly counts: Map<string, number>;

  constructor(counts: Iterable<readonly [string, number]> = []) {
    this.counts = new Map(counts);
  }

  hit(group: string, what: string): void {
    const key = `${group}: ${what}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  add(other: Coverage): void {
    for (const [key, count] of other.counts) this.counts.set(key, (this.counts.get(key) ?? 0) + count);
  }

  /** Those of the expected that were never reached. */
  missing(expected: readonly string[]): readonly string[] {
    return expected.filter((key) => !this.counts.has(key));
  }

  table(): string {
    const rows = [...this.counts].sort(([a], [b]) => (a < b ? -1 : 1));
    return rows.map(([key, count]) => `${String(count).padStart(10)}  ${key}`).join('\n');
  }
}
