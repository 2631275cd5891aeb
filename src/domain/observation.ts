/**
 * Something read from outside. `unavailable` is not empty: nothing that is unavailable may cause a deletion,
 * and `why` says in a person's words what could not be read.
 */
export type Observed<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly why: string };

export function known<T>(value: T): Observed<T> {
  return { known: true, value };
}

export function unavailable(why: string): Observed<never> {
  return { known: false, why };
}
