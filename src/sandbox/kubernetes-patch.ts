import { isObject, type JsonObject, sameJson } from './json-value.ts';
import { badRequest, KubernetesRefusal } from './kubernetes-refusal.ts';

/**
 * The patched object; the one given is not changed. Strategic merge and server-side apply are taken as a
 * merge patch: lists are replaced as a whole. Throws KubernetesRefusal.
 */
export function applyPatch(object: JsonObject, patch: unknown, contentType: string): JsonObject {
  const type = contentType.split(';')[0]?.trim() ?? '';
  switch (type) {
    case 'application/json-patch+json':
      return jsonPatch(object, patch);
    case 'application/merge-patch+json':
    case 'application/strategic-merge-patch+json':
    case 'application/apply-patch+yaml':
      return asObject(mergePatch(object, asObject(patch)));
    default:
      throw new KubernetesRefusal(
        415,
        'UnsupportedMediaType',
        `the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml`,
      );
  }
}

/** RFC 7386. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

/** RFC 6902. */
function jsonPatch(object: JsonObject, patch: unknown): JsonObject {
  if (!Array.isArray(patch))
    throw badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  let document: unknown = structuredClone(object);
  for (const step of patch as unknown[]) document = operate(document, asObject(step));
  return asObject(document);
}

function operate(document: unknown, { op, path, from, value }: JsonObject): unknown {
  const steps = pointer(path);
  switch (op) {
    case 'add':
      return edited(document, steps, value, 'insert');
    case 'replace':
      read(document, steps);
      return edited(document, steps, value, 'replace');
    case 'remove':
      read(document, steps);
      return edited(document, steps, undefined, 'remove');
    case 'copy':
      return edited(document, steps, structuredClone(read(document, pointer(from))), 'insert');
    case 'move': {
      const moved = read(document, pointer(from));
      return edited(edited(document, pointer(from), undefined, 'remove'), steps, moved, 'insert');
    }
    case 'test':
      if (!sameJson(read(document, steps), value)) throw failed(`testing path ${String(path)} failed`);
      return document;
    default:
      throw failed('unexpected operation');
  }
}

function pointer(path: unknown): string[] {
  if (typeof path !== 'string') throw failed('missing path');
  return path
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function read(document: unknown, steps: readonly string[]): unknown {
  let here = document;
  for (const step of steps) {
    const next: unknown = Array.isArray(here)
      ? here[Number(step)]
      : isObject(here) && Object.hasOwn(here, step)
        ? here[step]
        : undefined;
    if (next === undefined) throw failed(`the path /${steps.join('/')} does not exist`);
    here = next;
  }
  return here;
}

type Edit = 'insert' | 'replace' | 'remove';

function edited(document: unknown, steps: readonly string[], value: unknown, edit: Edit): unknown {
  const last = steps.at(-1);
  if (last === undefined) return value;
  const parent = read(document, steps.slice(0, -1));
  if (Array.isArray(parent)) {
    const index = last === '-' ? parent.length : Number(last);
    if (edit === 'insert') parent.splice(index, 0, value);
    else if (edit === 'replace') parent.splice(index, 1, value);
    else parent.splice(index, 1);
  } else if (isObject(parent)) {
    if (edit === 'remove') delete parent[last];
    else parent[last] = value;
  }
  return document;
}

function failed(message: string): KubernetesRefusal {
  return new KubernetesRefusal(
    422,
    'Invalid',
    `the server rejected our request due to an error in our request: ${message}`,
  );
}

function asObject(value: unknown): JsonObject {
  if (!isObject(value)) throw badRequest('the object provided is unrecognized');
  return value;
}
