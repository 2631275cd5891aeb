import { refText, type SourceRef } from '../domain/source.ts';
import { whyUnknown } from './holders.ts';
import type { DesiredInput } from './world.ts';

/** Whether a source is there, watched and selected, so that it is judged at all; else why it is not. */
export function sightOfSource(
  input: DesiredInput,
  ref: SourceRef,
): { readonly passed: boolean; readonly evidence: string } {
  const view = input.cluster.sources[ref.kind];
  const key = `${ref.namespace}/${ref.name}`;
  const object = view?.objects.get(key);
  const unknown = whyUnknown(input, ref.kind, ref.namespace);
  if (unknown !== undefined) return { passed: false, evidence: unknown };
  if (view?.present(key) !== true) return { passed: false, evidence: `${refText(ref)} is not there` };
  if (object === undefined) return { passed: false, evidence: 'it has no routeflare/ annotation' };
  if (!object.selected) return { passed: false, evidence: 'SOURCE_SELECTOR does not take it' };
  return { passed: true, evidence: `it is there, since ${object.createdAt}` };
}
