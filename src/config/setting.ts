import { err, ok, type Result } from '../domain/result.ts';

/** One variable of the environment. `parse` errors quote the raw text and say what is allowed. */
export interface Setting<T> {
  readonly name: string;
  /** The value where the variable is not set, or blank. */
  readonly fallback: T;
  parse(raw: string): Result<T, string>;
  /** For the log at start; text that `parse` reads back, or words in brackets. */
  format(value: T): string;
}

/** A variable whose value has a text form of its own. */
export function setting<T>(
  name: string,
  fallback: T,
  parse: (raw: string) => Result<T, string>,
  format: (value: T) => string = String,
): Setting<T> {
  return { name, fallback, parse, format };
}

/** A variable without a default: `absent` says what holds then. */
export function optional<T>(
  name: string,
  absent: string,
  parse: (raw: string) => Result<T, string>,
  format: (value: T) => string = String,
): Setting<T | undefined> {
  return {
    name,
    fallback: undefined,
    parse,
    format: (value) => (value === undefined ? `(${absent})` : format(value)),
  };
}

/** One of some words, in any letter case. */
export function word<const W extends string>(words: readonly W[]): (raw: string) => Result<W, string> {
  return (raw) => {
    const found = words.find((one) => one === raw.trim().toLowerCase());
    return found === undefined ? err(`"${raw}" is not allowed: one of ${words.join(', ')}`) : ok(found);
  };
}

export function parseBoolean(raw: string): Result<boolean, string> {
  const parsed = word(['true', 'false'])(raw);
  return parsed.ok ? ok(parsed.value === 'true') : parsed;
}

/** A whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number): (raw: string) => Result<number, string> {
  return (raw) => {
    const value = /^\d{1,9}$/.test(raw.trim()) ? Number(raw) : Number.NaN;
    return value >= least && value <= most
      ? ok(value)
      : err(`"${raw}" is not allowed: a whole number from ${least} to ${most}`);
  };
}

/** A comma list: blank entries are skipped, repeated ones dropped, and all bad ones told. */
export function list<T>(
  parse: (raw: string) => Result<T, string>,
  format: (value: T) => string = String,
): (raw: string) => Result<readonly T[], string> {
  return (raw) => {
    const values = new Map<string, T>();
    const errors: string[] = [];
    for (const entry of raw.split(',')) {
      if (entry.trim() === '') continue;
      const parsed = parse(entry.trim());
      if (parsed.ok) values.set(format(parsed.value), parsed.value);
      else errors.push(parsed.error);
    }
    if (errors.length > 0) return err(errors.join('; '));
    return values.size === 0 ? err(`"${raw}" names nothing`) : ok([...values.values()]);
  };
}

export function formatList<T>(format: (value: T) => string = String): (values: readonly T[]) => string {
  return (values) => (values.length === 0 ? '(none)' : values.map((value) => format(value)).join(','));
}
