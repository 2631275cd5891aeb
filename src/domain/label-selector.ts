import { err, ok, type Result } from './result.ts';

/** Whether an object with these labels is meant. */
export type LabelPredicate = (labels: Readonly<Record<string, string>>) => boolean;

/** A selector in the API's text form, read. */
export interface TextSelector {
  readonly text: string;
  readonly selects: LabelPredicate;
}

/** `[prefix/]name`, and a value. https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
const KEY = /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

const IN = /^(?<key>\S+)\s+(?<operator>in|notin)\s*\((?<values>[^()]*)\)$/;
const COMPARE = /^(?<key>[^\s=!<>]+)\s*(?<operator>!=|==|=|<|>)\s*(?<value>[^\s=!<>]*)$/;
const EXISTS = /^(?<not>!?)\s*(?<key>[^\s=!<>()]+)$/;

/**
 * Parses a selector in the API's text form (`a=b,c!=d,e in (x,y),f notin (z),g,!h,i>3`), all of which must hold.
 * Empty text selects everything. https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#list-and-watch-filtering
 * @returns the selector, or a sentence that quotes the part that is wrong and says what is allowed.
 */
export function parseLabelSelector(raw: string): Result<TextSelector, string> {
  const text = raw.trim();
  const predicates: LabelPredicate[] = [];
  if (text === '') return ok({ text, selects: () => true });
  for (const part of splitRequirements(text)) {
    const predicate = requirement(part.trim());
    if (predicate === undefined) {
      return err(
        `"${raw}" is not a label selector: "${part.trim()}" is not one of KEY, !KEY, KEY=VALUE, KEY!=VALUE, KEY in (A,B), KEY notin (A,B), KEY>N, KEY<N`,
      );
    }
    predicates.push(predicate);
  }
  return ok({ text, selects: (labels) => predicates.every((predicate) => predicate(labels)) });
}

/** At commas outside parentheses. */
function splitRequirements(text: string): string[] {
  return text.split(/,(?![^(]*\))/);
}

function requirement(part: string): LabelPredicate | undefined {
  return (
    setRequirement(IN.exec(part)?.groups) ??
    comparison(COMPARE.exec(part)?.groups) ??
    existence(EXISTS.exec(part)?.groups)
  );
}

type Groups = Readonly<Record<string, string>> | undefined;

function setRequirement(groups: Groups): LabelPredicate | undefined {
  const { key = '', operator, values } = groups ?? {};
  if (values === undefined || !KEY.test(key)) return undefined;
  const wanted = new Set(values.split(',').map((value) => value.trim()));
  if (![...wanted].every((value) => VALUE.test(value))) return undefined;
  return (labels) => {
    const value = valueOf(labels, key);
    return value === undefined ? operator === 'notin' : wanted.has(value) === (operator === 'in');
  };
}

function comparison(groups: Groups): LabelPredicate | undefined {
  const { key = '', operator, value } = groups ?? {};
  if (value === undefined || !KEY.test(key) || !VALUE.test(value)) return undefined;
  if (operator === '!=') return (labels) => valueOf(labels, key) !== value;
  if (operator === '=' || operator === '==') return (labels) => valueOf(labels, key) === value;
  if (!/^[0-9]+$/.test(value)) return undefined;
  return (labels) => {
    const text = valueOf(labels, key) ?? '';
    if (!/^-?[0-9]+$/.test(text)) return false;
    return operator === '>' ? Number(text) > Number(value) : Number(text) < Number(value);
  };
}

function existence(groups: Groups): LabelPredicate | undefined {
  const { key = '', not } = groups ?? {};
  if (!KEY.test(key)) return undefined;
  return (labels) => (valueOf(labels, key) === undefined) === (not === '!');
}

/** A label may be called `constructor`. */
function valueOf(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
