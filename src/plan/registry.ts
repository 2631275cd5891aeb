import { recordKey, type ActualRecord } from '../domain/record.ts';
import { registryNames, registryOwner, type RegistryOptions } from './external-dns.ts';

/** What external-dns can register at all, so that a TXT record without a type may speak for it. */
const REGISTERED = new Set(['A', 'AAAA', 'CNAME', 'NS', 'MX', 'SRV', 'NAPTR']);

interface Reading {
  /** Name and type of the records it would speak for. */
  readonly key: string;
  readonly name: string;
  readonly isTyped: boolean;
}

/**
 * The TXT records of external-dns in a listed zone, and the records they speak for. Their names are computed from the
 * records' own, never taken apart: `a-foo` can mean the A record `foo` or any record `a-foo`.
 */
export class Registry {
  readonly texts: readonly ActualRecord[];
  readonly #owners = new Map<string, string>();
  readonly #readings = new Map<string, Reading[]>();
  readonly #textsOf = new Map<string, ActualRecord[]>();

  constructor(records: readonly ActualRecord[], options: RegistryOptions) {
    this.texts = records.filter((record) => {
      const owner = registryOwner(record);
      if (owner !== undefined) this.#owners.set(record.id, owner);
      return owner !== undefined;
    });
    const endpoints = new Map(
      records
        .filter(({ type }) => REGISTERED.has(type))
        .map((record) => [recordKey(record.name, record.type), record]),
    );
    for (const [key, { name, type }] of endpoints) {
      const { typed, plain } = registryNames(options, name, type);
      this.#read(typed, { key, name, isTyped: true });
      if (plain !== undefined && plain !== typed) this.#read(plain, { key, name, isTyped: false });
    }
    for (const text of this.texts) {
      for (const { key } of this.#readings.get(text.name) ?? []) {
        this.#textsOf.set(key, [...(this.#textsOf.get(key) ?? []), text]);
      }
    }
  }

  ownerOf(text: ActualRecord): string {
    return this.#owners.get(text.id) ?? '';
  }

  /** Every TXT record whose name fits a record's, also one that speaks for another in truth. */
  near(key: string): readonly ActualRecord[] {
    return this.#textsOf.get(key) ?? [];
  }

  /** Whether its name fits any record here. */
  fits(text: ActualRecord): boolean {
    return this.#readings.has(text.name);
  }

  /**
   * The records (name and type) whose owner it says. One without a type says it of those that no typed one of the same
   * owner speaks for; of an MX and the like not beside an address with a typed one, as external-dns makes both together.
   */
  coveredBy(text: ActualRecord): readonly string[] {
    return this.#coveredBy(text).map(({ key }) => key);
  }

  /**
   * Whether it could mean records of two names, and nothing tells which: also a typed one that can be what was made,
   * up to 0.17, beside the typed one of a longer name, with the same words.
   */
  isUnsure(text: ActualRecord): boolean {
    return this.meanings(text).length > 1;
  }

  /** The names whose records it could mean. */
  meanings(text: ActualRecord): readonly string[] {
    const covered = this.#coveredBy(text);
    const names = new Set(covered.map(({ name }) => name));
    const typed = covered.find(({ isTyped }) => isTyped);
    if (typed !== undefined && !this.#hasPlain(typed.key, text)) {
      for (const { name, key, isTyped } of this.#readings.get(text.name) ?? [])
        if (!isTyped && this.#isTwin(text, key)) names.add(name);
    }
    return [...names];
  }

  /** Whether a record is spoken for by one without a type besides, so that it is registered for certain. */
  #hasPlain(key: string, typed: ActualRecord): boolean {
    return this.near(key).some(
      (text) =>
        text.name !== typed.name &&
        this.ownerOf(text) === this.ownerOf(typed) &&
        this.#readings.get(text.name)?.some((reading) => reading.key === key && !reading.isTyped) === true,
    );
  }

  /** Whether a typed one of that record says the same, word for word. */
  #isTwin(text: ActualRecord, key: string): boolean {
    return this.near(key).some(
      (other) =>
        other.id !== text.id &&
        other.content === text.content &&
        this.#readings.get(other.name)?.some((reading) => reading.key === key && reading.isTyped) === true,
    );
  }

  #coveredBy(text: ActualRecord): readonly Reading[] {
    const owner = this.ownerOf(text);
    const readings = this.#readings.get(text.name) ?? [];
    return readings.filter(
      ({ key, name, isTyped }) =>
        isTyped ||
        ![key, recordKey(name, 'A'), recordKey(name, 'CNAME')].some((each) => this.#hasTyped(each, owner)),
    );
  }

  #hasTyped(key: string, owner: string): boolean {
    return this.near(key).some(
      (text) =>
        this.ownerOf(text) === owner &&
        this.#readings.get(text.name)?.some((reading) => reading.key === key && reading.isTyped) === true,
    );
  }

  #read(name: string, reading: Reading): void {
    this.#readings.set(name, [...(this.#readings.get(name) ?? []), reading]);
  }
}
