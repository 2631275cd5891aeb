import { CONTENT_MODES, type ContentMode } from '../domain/claim.ts';
import type { RecordType } from '../domain/record.ts';
import { err, ok, type Result } from '../domain/result.ts';

/** What a key's value may be, as the sentence that follows "allowed:" in an Event. */
type Parsed<T> = Result<T, string>;

/** How the parent that counts is named: a name alone fits a parent of any namespace. */
export interface ParentName {
  readonly namespace: string | undefined;
  readonly name: string;
}

export function parseContentMode(raw: string): Parsed<ContentMode> {
  const word = raw.toLowerCase();
  const mode = CONTENT_MODES.find((each) => each === word);
  return mode === undefined ? err(CONTENT_MODES.join(', ')) : ok(mode);
}

const TYPES: Readonly<Record<string, readonly RecordType[]>> = {
  a: ['A'],
  aaaa: ['AAAA'],
  'a/aaaa': ['A', 'AAAA'],
  cname: ['CNAME'],
};

export function parseTypes(raw: string): Parsed<readonly RecordType[]> {
  const types = Object.hasOwn(TYPES, raw.toLowerCase()) ? TYPES[raw.toLowerCase()] : undefined;
  return types === undefined ? err('A, AAAA, A/AAAA, CNAME') : ok(types);
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  t: true,
  1: true,
  false: false,
  f: false,
  0: false,
};

export function parseBoolean(raw: string): Parsed<boolean> {
  const value = Object.hasOwn(BOOLEANS, raw.toLowerCase()) ? BOOLEANS[raw.toLowerCase()] : undefined;
  return value === undefined ? err('true, false, 1, 0, t, f') : ok(value);
}

/** `adopt` and `suspend` are switched off by taking the key away. */
export function parseTrue(raw: string): Parsed<true> {
  return raw.toLowerCase() === 'true' ? ok(true) : err('true (take the key away to switch it off)');
}

export function parseAddressChoice(raw: string): Parsed<'first' | 'all'> {
  const word = raw.toLowerCase();
  return word === 'first' || word === 'all' ? ok(word) : err('first, all');
}

const OBJECT_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

export function parseParentName(raw: string): Parsed<ParentName> {
  const parts = raw.split('/');
  if (parts.length > 2 || !parts.every((part) => OBJECT_NAME.test(part))) {
    return err('the name of a parent of the route, as NAME or NAMESPACE/NAME');
  }
  const [first = '', second] = parts;
  return ok(
    second === undefined ? { namespace: undefined, name: first } : { namespace: first, name: second },
  );
}
