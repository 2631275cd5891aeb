import { at, type JsonObject } from './json-value.ts';
import { labelsOf } from './kubernetes-object.ts';
import { badRequest } from './kubernetes-refusal.ts';

export type Selector = (object: JsonObject) => boolean;

const everything: Selector = () => true;

/** `a=b,c!=d,e in (f,g),h notin (i),j,!k`. Throws KubernetesRefusal. */
export function labelSelector(text: string | undefined): Selector {
  if (text === undefined || text.trim() === '') return everything;
  const tests = (text.match(/[^,(]+(\([^)]*\))?/g) ?? []).map((part) => labelTest(part.trim()));
  return (object) => {
    const labels = labelsOf(object);
    return tests.every((test) => test(labels));
  };
}

function labelTest(term: string): (labels: JsonObject) => boolean {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term);
  if (set !== null) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    const within = (labels: JsonObject): boolean => values.some((value) => labels[key] === value);
    return operator === 'in' ? within : (labels) => !within(labels);
  }
  const equality = /^([^=!\s]+)\s*(==|=|!=)\s*(\S*)$/.exec(term);
  if (equality !== null) {
    const [, key = '', operator, value] = equality;
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const presence = /^(!?)([^\s=!]+)$/.exec(term);
  if (presence === null) throw badRequest(`unable to parse requirement: ${term}`);
  const [, not, key = ''] = presence;
  return (labels) => Object.hasOwn(labels, key) !== (not === '!');
}

/** `metadata.name=x,involvedObject.kind!=y`: dotted paths; a member that is not there counts as empty. */
export function fieldSelector(text: string | undefined): Selector {
  if (text === undefined || text.trim() === '') return everything;
  const tests = text.split(',').map((term) => {
    const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(term.trim());
    if (match === null) throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
    const [, path = '', operator, wanted] = match;
    const steps = path.split('.');
    return (object: JsonObject): boolean => {
      const equal = scalar(at(object, ...steps)) === wanted;
      return equal === (operator !== '!=');
    };
  });
  return (object) => tests.every((test) => test(object));
}

function scalar(value: unknown): string | undefined {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}
