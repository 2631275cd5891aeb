import { readFile } from 'node:fs/promises';
import { err, ok, type Result } from '../domain/result.ts';
import { manifestDocuments } from '../kubernetes/manifest-documents.ts';
import { isObject, objectAt, textAt, type JsonObject } from '../sandbox/json-value.ts';
import { kindOf } from '../sandbox/kubernetes-kinds.ts';
import type { ObjectInput } from '../sandbox/kubernetes-object.ts';

/** A person's own manifests, read. */
export interface OwnManifests {
  readonly objects: readonly ObjectInput[];
  /** What the demo makes nothing of, a line each: objects of other kinds, and whole files of other things. */
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
  const values: string[] = [];
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => cause);
    if (typeof text !== 'string') {
      problems.push(`${file}: ${whyUnreadable(text)}`);
      continue;
    }
    const found = manifestDocuments(text);
    if (!found.ok) {
      const { line, column, message } = found.error;
      problems.push(`${file}: ${message} at line ${line}, column ${column}`);
      continue;
    }
    if (found.value.length === 0) problems.push(`${file}: there is no object in it`);
    if (found.value.length > 0 && found.value.every(({ value }) => isValues(value))) {
      values.push(`${file}: no Kubernetes object: apiVersion and kind are missing (a Helm chart's values?)`);
      continue;
    }
    for (const { value } of found.value) {
      const object = decode(value);
      if (!object.ok) problems.push(`${file}: ${object.error}`);
      else if (isKnown(object.value)) objects.push(object.value);
      else skipped.push(`${file}: ${object.value.apiVersion} ${describe(object.value)}`);
    }
  }
  if (objects.length + skipped.length > 0) skipped.push(...values);
  else problems.push(...values);
  return problems.length === 0 ? ok({ objects, skipped }) : err(problems);
}

/** `HTTPRoute web/shop`. */
export function describe({ kind, metadata }: ObjectInput): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
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

/** `*.yaml` may well take a chart's values along. */
function isValues(value: unknown): boolean {
  return isObject(value) && value['apiVersion'] === undefined && value['kind'] === undefined;
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
