import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { err, ok, type Result } from '../domain/result.ts';
import { isJsonObject, textAt } from '../kubernetes/json-fields.ts';
import { manifestDocuments } from '../kubernetes/manifest-documents.ts';
import type { Manifest } from '../kubernetes/manifest-objects.ts';

/** One text to read. `named`: by the person, who then means it to hold Kubernetes objects. */
interface Input {
  readonly place: string;
  readonly named: boolean;
  readonly read: () => Promise<string>;
}

/**
 * Reads the objects of files, of directories (recursively, `.yaml`, `.yml` and `.json`; nothing hidden) and, for `-`,
 * of standard input. @returns the objects, or all that is wrong, as `FILE:LINE: what`
 */
export async function readManifestFiles(
  paths: readonly string[],
  stdin: NodeJS.ReadableStream = process.stdin,
): Promise<Result<readonly Manifest[], readonly string[]>> {
  const manifests: Manifest[] = [];
  const wrong: string[] = [];
  const inputs: Input[] = [];
  for (const path of new Set(paths)) {
    if (path === '-') inputs.push({ place: 'stdin', named: true, read: async () => textOf(stdin) });
    else inputs.push(...(await inputsAt(path, true).catch((cause: unknown) => failing(path, cause))));
  }
  for (const { place, named, read } of inputs) {
    const text = await read().catch((cause: unknown) => {
      wrong.push(`${place}: ${whyUnreadable(cause)}`);
    });
    if (text === undefined) continue;
    const documents = manifestDocuments(text);
    if (!documents.ok) {
      wrong.push(`${place}:${documents.error.line}: ${documents.error.message}`);
      continue;
    }
    for (const { line, value } of documents.value) {
      if (isObject(value)) manifests.push({ place: `${place}:${line}`, value });
      // A directory may well hold a chart's values beside its manifests.
      else if (named)
        wrong.push(`${place}:${line}: it is no Kubernetes object: apiVersion or kind is missing`);
    }
  }
  return wrong.length === 0 ? ok(manifests) : err(wrong);
}

function isObject(value: unknown): boolean {
  return isJsonObject(value) && Boolean(textAt(value, 'apiVersion')) && Boolean(textAt(value, 'kind'));
}

async function inputsAt(path: string, named: boolean): Promise<readonly Input[]> {
  if (!(await stat(path)).isDirectory()) {
    return [{ place: path, named, read: async () => readFile(path, 'utf8') }];
  }
  const entries = await readdir(path, { withFileTypes: true });
  const found: Input[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    // A link to a directory may lead back to where it stands.
    const isFile = entry.isFile() || (entry.isSymbolicLink() && /\.(?:ya?ml|json)$/i.test(entry.name));
    if (entry.name.startsWith('.') || !(entry.isDirectory() || isFile)) continue;
    if (isFile && !/\.(?:ya?ml|json)$/i.test(entry.name)) continue;
    if (entry.isDirectory()) found.push(...(await inputsAt(join(path, entry.name), false)));
    else
      found.push({
        place: join(path, entry.name),
        named: false,
        read: async () => readFile(join(path, entry.name), 'utf8'),
      });
  }
  return found;
}

function failing(place: string, cause: unknown): readonly Input[] {
  return [{ place, named: true, read: () => Promise.reject(cause) }];
}

function whyUnreadable(cause: unknown): string {
  if (!(cause instanceof Error)) return 'it cannot be read';
  return 'code' in cause && cause.code === 'ENOENT' ? 'there is no such file or directory' : cause.message;
}
