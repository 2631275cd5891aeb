import { parseHostname } from '../domain/hostname.ts';
import type { ActPreview, ActReport } from '../controller/act.ts';
import type { ActLine, ActRequest } from '../plan/act-plan.ts';

/** What another process asks of the running controller; `undefined` when it cannot be read. */
export function decodeRequest(input: unknown): ActRequest | undefined {
  const fields = fieldsOf(input);
  const name = typeof fields['name'] === 'string' ? parseHostname(fields['name']) : undefined;
  switch (fields['kind']) {
    case 'adopt':
      return name?.ok === true ? { kind: 'adopt', name: name.value } : undefined;
    case 'adopt-identical':
      return { kind: 'adopt-identical' };
    case 'release':
      return name?.ok === true
        ? { kind: 'release', name: name.value, restore: fields['restore'] === true }
        : undefined;
    case 'uninstall':
      return typeof fields['keepRecords'] === 'boolean'
        ? { kind: 'uninstall', keepRecords: fields['keepRecords'] }
        : undefined;
    case 'import':
      return importRequest(fieldsOf(fields['registry']));
    case 'import-marked':
      return typeof fields['owner'] === 'string'
        ? { kind: 'import-marked', owner: fields['owner'] }
        : undefined;
    case 'import-undo':
      if (fields['name'] === undefined) return { kind: 'import-undo' };
      return name?.ok === true ? { kind: 'import-undo', name: name.value } : undefined;
    default:
      return undefined;
  }
}

function importRequest(fields: Readonly<Record<string, unknown>>): ActRequest | undefined {
  const [owner, prefix, suffix, wildcard] = ['owner', 'prefix', 'suffix', 'wildcard'].map(
    (key) => fields[key],
  );
  if (typeof owner !== 'string' || typeof prefix !== 'string') return undefined;
  if (typeof suffix !== 'string' || typeof wildcard !== 'string') return undefined;
  return { kind: 'import', registry: { owner, prefix, suffix, wildcard } };
}

/** The steps that a person agreed to. */
export function decodeKeys(input: unknown): ReadonlySet<string> {
  return new Set(textsIn(fieldsOf(input)['keys']));
}

export function decodePreview(body: unknown): ActPreview {
  const fields = fieldsOf(body);
  return { lines: linesIn(fields['lines']), notes: textsIn(fields['notes']) };
}

export function decodeReport(body: unknown): ActReport {
  const fields = fieldsOf(body);
  const failed = listIn(fields['failed']).flatMap((row) => {
    const line = lineIn(row);
    const { why } = fieldsOf(row);
    return line === undefined || typeof why !== 'string' ? [] : [{ ...line, why }];
  });
  return { done: linesIn(fields['done']), failed, notes: textsIn(fields['notes']) };
}

/** The fields of a JSON object; none when it is no object. */
export function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

function linesIn(list: unknown): readonly ActLine[] {
  return listIn(list).flatMap((row) => lineIn(row) ?? []);
}

function lineIn(row: unknown): ActLine | undefined {
  const fields = fieldsOf(row);
  const text = (key: string): string => (typeof fields[key] === 'string' ? fields[key] : '');
  const sign = (['+', '~', '-', '!'] as const).find((each) => each === fields['sign']);
  if (sign === undefined || text('key') === '') return undefined;
  return {
    key: text('key'),
    sign,
    zone: text('zone'),
    name: text('name'),
    type: text('type'),
    from: text('from'),
    to: text('to'),
    source: text('source'),
    reason: text('reason'),
  };
}

/** The texts of a JSON list; none when it is no list. */
export function textsIn(list: unknown): readonly string[] {
  return listIn(list).filter((each) => typeof each === 'string');
}

export function listIn(list: unknown): readonly unknown[] {
  return Array.isArray(list) ? list : [];
}
