import { err, ok, type Result } from '../domain/result.ts';

const NAME = String.raw`[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?`;
const KEY = String.raw`(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?/)?${NAME}`;
const VALUE = `(?:${NAME})?`;
const REQUIREMENT = new RegExp(
  String.raw`^(?:!\s*${KEY}|${KEY}|${KEY}\s*(?:==?|!=)\s*${VALUE}|${KEY}\s+(?:in|notin)\s*\(\s*${VALUE}\s*(?:,\s*${VALUE}\s*)*\))$`,
);

/**
 * Checks the form of a label selector as the API's `labelSelector` parameter takes it: equality-based and
 * set-based requirements. The text stays as written, since the API reads it. Kubernetes, "Labels and Selectors".
 */
export function parseSelectorText(raw: string): Result<string, string> {
  const text = raw.trim();
  for (const requirement of text.split(/,(?![^(]*\))/)) {
    if (!REQUIREMENT.test(requirement.trim())) {
      return err(
        `"${raw}" is not a label selector: "${requirement.trim()}" is not one of KEY, !KEY, KEY=VALUE, KEY!=VALUE, KEY in (A,B), KEY notin (A,B)`,
      );
    }
  }
  return ok(text);
}
