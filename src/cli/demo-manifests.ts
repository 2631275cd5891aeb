import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import { err, ok, type Result } from '../domain/result.ts';
import { isObject, objectAt, textAt, type JsonObject } from '../sandbox/json-value.ts';
import { kindOf } from '../sandbox/kubernetes-kinds.ts';
import type { ObjectInput } from '../sandbox/kubernetes-object.ts';

/** A person's own manifests, read. */
export interface OwnManifests {
  readonly objects: readonly ObjectInput[];
  /** Objects of kinds that the demo does not know, a line each. */
  readonly skipped: readonly string[];
}

/** Members that the API server writes, as they are in what `kubectl get -o yaml` prints. */
const SERVER_SIDE = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'managedFields',
  'ownerReferences',
  'finalizers',
];

/** Reads YAML files of one or more documents, Lists included. @returns the objects, or all that is wrong */
export async function readManifests(
  files: readonly string[],
): Promise<Result<OwnManifests, readonly string[]>> {
  const objects: ObjectInput[] = [];
  const skipped: string[] = [];
  const problems: string[] = [];
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => cause);
    if (typeof text !== 'string') {
      problems.push(`${file}: ${whyUnreadable(text)}`);
      continue;
    }
    const found = documentsOf(text);
    if (!found.ok) {
      problems.push(...found.error.map((problem) => `${file}: ${problem}`));
      continue;
    }
    if (found.value.length === 0) problems.push(`${file}: there is no object in it`);
    for (const document of found.value) {
      const object = decode(document);
      if (!object.ok) problems.push(`${file}: ${object.error}`);
      else if (isKnown(object.value)) objects.push(object.value);
      else skipped.push(`${file}: ${object.value.apiVersion} ${describe(object.value)}`);
    }
  }
  return problems.length === 0 ? ok({ objects, skipped }) : err(problems);
}

/** `HTTPRoute web/shop`. */
export function describe({ kind, metadata }: ObjectInput): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}

function documentsOf(text: string): Result<unknown[], string[]> {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) return ok([]);
  const errors = documents.flatMap((document) => document.errors.map(({ message }) => firstLine(message)));
  if (errors.length > 0) return err(errors);
  try {
    const values = documents.map((document): unknown => document.toJS());
    return ok(values.filter((value) => value !== null && value !== undefined).flatMap(itemsOf));
  } catch (cause) {
    // Aliases that would blow up are only found when they are resolved.
    return err([cause instanceof Error ? firstLine(cause.message) : 'it cannot be read']);
  }
}

function itemsOf(value: unknown): unknown[] {
  return isObject(value) && value['kind'] === 'List' && Array.isArray(value['items'])
    ? value['items']
    : [value];
}

function decode(value: unknown): Result<ObjectInput, string> {
  if (!isObject(value)) return err('a document is no Kubernetes object');
  const apiVersion = textAt(value, 'apiVersion');
  const kind = textAt(value, 'kind');
  const name = textAt(value, 'metadata', 'name');
  if (apiVersion === undefined || kind === undefined || name === undefined) {
    const missing = Object.entries({ apiVersion, kind, 'metadata.name': name }).flatMap(([member, text]) =>
      text === undefined ? [member] : [],
    );
    return err(`an object${kind === undefined ? '' : ` (${kind})`} lacks ${missing.join(', ')}`);
  }
  const namespace = textAt(value, 'metadata', 'namespace');
  const metadata = Object.fromEntries(
    Object.entries(objectAt(value, 'metadata')).filter(([member]) => !SERVER_SIDE.includes(member)),
  );
  const object = {
    ...value,
    apiVersion,
    kind,
    metadata: { ...metadata, name, ...(namespace === undefined ? {} : { namespace }) },
  };
  const unquoted = unquotedAnnotation(metadata);
  return unquoted === undefined
    ? ok(object)
    : err(
        `${describe(object)}: the annotation ${unquoted} is not text, which Kubernetes refuses: put its value in quotes`,
      );
}

function unquotedAnnotation(metadata: JsonObject): string | undefined {
  return Object.entries(objectAt(metadata, 'annotations')).find(
    ([, value]) => typeof value !== 'string',
  )?.[0];
}

function isKnown(object: ObjectInput): boolean {
  try {
    return kindOf(object).kind !== 'Event';
  } catch {
    return false;
  }
}

function whyUnreadable({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a directory: name the files in it';
  return message;
}

function firstLine(text: string): string {
  return (text.split('\n', 1)[0] ?? text).replace(/:$/, '');
}
