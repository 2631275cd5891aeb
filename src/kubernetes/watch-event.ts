import { badAnswer, errorOfStatus, type ApiError } from './api-error.ts';
import { fieldAt, textAt } from './json-fields.ts';
import type { ReflectorSink } from './reflector.ts';

/**
 * Takes one event of a watch into the sink.
 * @returns why the stream cannot go on; an event that is not understood would otherwise be a lost change.
 */
export function applyEvent(event: unknown, sink: ReflectorSink): ApiError | undefined {
  const object = fieldAt(event, 'object');
  const type = textAt(event, 'type');
  if (type === 'ERROR') return errorOfStatus(object, 500);
  if (!textAt(object, 'metadata', 'resourceVersion'))
    return badAnswer('a watch event without resourceVersion');
  switch (type) {
    case 'BOOKMARK':
      return undefined;
    case 'ADDED':
    case 'MODIFIED':
      return sink.upsert(object);
    case 'DELETED':
      return sink.remove(object);
    default:
      return badAnswer('a watch event of an unknown type');
  }
}
