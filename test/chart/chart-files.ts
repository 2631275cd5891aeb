import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const root = new URL('../../', import.meta.url);

/** A file of the repository as text; `path` is relative to its root. */
export function read(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

export function pathOf(path: string): string {
  return fileURLToPath(new URL(path, root));
}

export const CHART = 'chart/routeflare/';

/** Every template of the chart by name. */
export function templates(): ReadonlyMap<string, string> {
  const names = readdirSync(pathOf(`${CHART}templates`));
  return new Map(names.map((name) => [name, read(`${CHART}templates/${name}`)]));
}

export type Values = Readonly<Record<string, unknown>>;

/** The chart's default values, with `changes` laid over them the way Helm does: maps merge, all else replaces. */
export function values(changes: Values = {}): Values {
  return merge(parse(read(`${CHART}values.yaml`)) as Values, changes);
}

export function isMap(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function merge(base: Values, over: Values): Values {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isMap(below) && isMap(value) ? merge(below, value) : value;
  }
  return merged;
}
