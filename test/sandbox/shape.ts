/** What is wrong with a value, each with its place; empty where nothing is. `T` is the type that it lets through. */
export interface Check<T> {
  (value: unknown, place: string): readonly string[];
  /** Never there: it ties the check to its type. */
  readonly for?: T;
}

type IsOptional<T, K extends keyof T> = object extends Pick<T, K> ? true : false;

/**
 * One entry for each member of `T`, no more and no fewer, or it does not compile. A member that `T` has always
 * must be in the answer; one that is optional there may be missing.
 */
export type Shape<T> = {
  readonly [K in keyof T]-?: IsOptional<T, K> extends true
    ? { readonly maybe: Check<Exclude<T[K], undefined>> }
    : { readonly always: Check<T[K]> };
};

type Member = { readonly always: Check<unknown> } | { readonly maybe: Check<unknown> };

function kind<T>(name: string, holds: (value: unknown) => boolean): Check<T> {
  return (value, place) =>
    holds(value) ? [] : [`${place} is ${JSON.stringify(value) ?? 'missing'} where ${name} belongs`];
}

export const text: Check<string> = kind('text', (value) => typeof value === 'string');
export const number: Check<number> = kind('a number', (value) => typeof value === 'number');
export const flag: Check<boolean> = kind('true or false', (value) => typeof value === 'boolean');
export const time: Check<string> = kind(
  'a time in ISO 8601',
  (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value),
);

export function word<const T extends string | boolean>(...words: readonly T[]): Check<T> {
  return kind(words.map((each) => JSON.stringify(each)).join(' or '), (value) =>
    words.some((each) => each === value),
  );
}

export function orNull<T>(check: Check<T>): Check<T | null> {
  return (value, place) => (value === null ? [] : check(value, place));
}

export function list<T>(check: Check<T>): Check<T[]> {
  return (value, place) =>
    Array.isArray(value)
      ? value.flatMap((item, index) => check(item, `${place}[${String(index)}]`))
      : [`${place} is no list`];
}

/** A member of the client's type that the double never gives. */
export const unseen: Check<never> = (_value, place) => [`${place} has no entry: say how it is checked`];

/** Where the service, by a source that is named, answers other than the client's type says. */
export function departing<T>(check: Check<unknown>, source: string): Check<T> {
  return (value, place) => check(value, place).map((wrong) => `${wrong} (${source})`);
}

/** @param beside members of the answer that the client has no type for. */
export function object<T>(shape: Shape<T>, beside: Readonly<Record<string, Member>> = {}): Check<T> {
  return (value, place) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${place} is no object`];
    const members = new Map<string, Member>(Object.entries({ ...shape, ...beside }));
    const given = new Map<string, unknown>(Object.entries(value));
    const extra = [...given.keys()].filter((key) => !members.has(key));
    return [
      ...extra.map((key) => `${place}.${key} is not in the client's type`),
      ...[...members].flatMap(([key, member]) => {
        if ('always' in member) return member.always(given.get(key), `${place}.${key}`);
        return given.has(key) ? member.maybe(given.get(key), `${place}.${key}`) : [];
      }),
    ];
  };
}
