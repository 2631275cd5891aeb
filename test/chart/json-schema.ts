import { isMap } from './chart-files.ts';

/** The keywords of JSON Schema (draft 7) that the chart's schema uses. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

const KNOWN = new Set([
  '$schema',
  'title',
  'description',
  'type',
  'enum',
  'pattern',
  'minLength',
  'minimum',
  'maximum',
  'items',
  'minItems',
  'uniqueItems',
  'required',
  'properties',
  'additionalProperties',
  'anyOf',
]);

/** The places (`/a/b/0`) where a value breaks the schema. A keyword that is not understood is an error here. */
export function violations(schema: JsonSchema, value: unknown, at = ''): string[] {
  const unknown = Object.keys(schema).filter((keyword) => !KNOWN.has(keyword));
  if (unknown.length > 0) throw new Error(`${at}: keywords not understood: ${unknown.join(', ')}`);
  const here = breaks(schema, value) ? [at] : [];
  const items = schema.items;
  const below =
    items !== undefined && Array.isArray(value)
      ? value.flatMap((item, index) => violations(items, item, `${at}/${index}`))
      : [];
  return [...here, ...below, ...(isMap(value) ? inMap(schema, value, at) : [])];
}

function inMap(schema: JsonSchema, map: Readonly<Record<string, unknown>>, at: string): string[] {
  const missing = (schema.required ?? []).filter((key) => !(key in map)).map((key) => `${at}/${key}`);
  const entries = Object.entries(map).flatMap(([key, value]) => {
    const property = schema.properties?.[key] ?? schema.additionalProperties ?? true;
    if (typeof property === 'boolean') return property ? [] : [`${at}/${key}`];
    return violations(property, value, `${at}/${key}`);
  });
  return [...missing, ...entries];
}

function breaks(schema: JsonSchema, value: unknown): boolean {
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 0 && !types.some((type) => isOfType(type, value))) return true;
  if (schema.enum !== undefined && !schema.enum.includes(value)) return true;
  if (schema.anyOf?.every((option) => violations(option, value).length > 0) === true) return true;
  if (typeof value === 'string') {
    if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value)) return true;
    return value.length < (schema.minLength ?? 0);
  }
  if (typeof value === 'number') {
    return value < (schema.minimum ?? -Infinity) || value > (schema.maximum ?? Infinity);
  }
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0)) return true;
    return schema.uniqueItems === true && new Set(value).size < value.length;
  }
  return false;
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'object':
      return isMap(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'null':
      return value === null;
    case 'string':
    case 'boolean':
      return typeof value === type;
    default:
      throw new Error(`a type that is not understood: ${type}`);
  }
}
