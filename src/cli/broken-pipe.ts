import type { Writable } from 'node:stream';

/**
 * Whoever reads may stop reading, as `head` does: no fault of the program's. What goes on without end (a watch, the
 * demo) ends as by SIGTERM, the rest by itself. Another error of a stream is thrown.
 */
export function endWithReader(streams: readonly Writable[]): void {
  let isTold = false;
  for (const stream of streams) {
    stream.on('error', (error) => {
      if (!isBrokenPipe(error)) throw error;
      if (isTold) return;
      isTold = true;
      process.emit('SIGTERM', 'SIGTERM');
    });
  }
}

/** Whether nobody reads any more what is written. */
export function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}
