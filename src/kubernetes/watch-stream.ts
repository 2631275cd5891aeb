import type { IncomingMessage } from 'node:http';
import { badAnswer, unreachable, type ApiError } from './api-error.ts';

/** Far above the largest object etcd takes (1.5 MiB); beyond it the stream is not a watch. */
const LINE_LIMIT = 16 * 1024 * 1024;

export interface WatchReader {
  /** The longest silence, in bytes, not events. */
  readonly idleMs: number;
  onBytes(): void;
  /** One line, parsed. An error ends the stream. */
  onEvent(event: unknown): ApiError | undefined;
}

/**
 * Reads a watch to its end: one JSON value a line. A line that does not parse ends the stream with an error,
 * since passing over it would lose an event. The response is closed in every case.
 * @returns `undefined` when the server ended the stream between two lines.
 */
export async function readWatch(
  response: IncomingMessage,
  reader: WatchReader,
): Promise<ApiError | undefined> {
  const watchdog = setTimeout(() => {
    response.destroy(new Error(`silent for ${reader.idleMs / 1000} s`));
  }, reader.idleMs);
  let rest = '';
  try {
    response.setEncoding('utf8');
    for await (const chunk of response) {
      watchdog.refresh();
      reader.onBytes();
      const lines = `${rest}${String(chunk)}`.split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LINE_LIMIT) return badAnswer('a line of the watch is too long');
      for (const line of lines) {
        const error = readLine(line, reader);
        if (error !== undefined) return error;
      }
    }
    return rest.trim() === '' ? undefined : unreachable('the watch broke off inside a line');
  } catch (cause) {
    return unreachable(`the watch broke off${cause instanceof Error ? `: ${cause.message}` : ''}`);
  } finally {
    clearTimeout(watchdog);
    response.destroy();
  }
}

function readLine(line: string, reader: WatchReader): ApiError | undefined {
  if (line.trim() === '') return undefined;
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    return badAnswer('a line of the watch is not JSON');
  }
  return reader.onEvent(event);
}
