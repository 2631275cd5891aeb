import type { ActualRecord } from '../../src/domain/record.ts';

/** What a call asked for. */
export type Asked = { readonly all: true } | { readonly names: readonly string[] } | { readonly id: string };

/** All that was read of one zone in one pass: the latest word on each record. */
export class PassReads {
  readonly records = new Map<string, ActualRecord>();
  readonly #names = new Set<string>();
  #all = false;

  add(asked: Asked, found: readonly ActualRecord[]): void {
    if ('all' in asked) {
      this.#all = true;
      this.records.clear();
    } else if ('names' in asked) {
      for (const name of asked.names) {
        this.#names.add(name);
        for (const old of this.records.values()) if (old.name === name) this.records.delete(old.id);
      }
    } else this.records.delete(asked.id);
    for (const record of found) this.records.set(record.id, record);
  }

  hasName(name: string): boolean {
    return this.#all || this.#names.has(name);
  }
}
