import type { Hostname } from './hostname.ts';
import type { SourceRef } from './source.ts';

/**
 * A name that a person took from a source by `release`. It holds until the source's annotations are others than
 * `annotations`, the text of those it had then. `at` is ISO 8601 UTC.
 */
export interface Refusal {
  readonly name: Hostname;
  readonly holder: SourceRef;
  readonly annotations: string;
  readonly at: string;
}

/** Equal for equal annotations, in whatever order they are written. */
export function annotationsText(annotations: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(annotations).sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
  return JSON.stringify(Object.fromEntries(sorted));
}
