import { Writable } from 'node:stream';
import type { EventNote, EventSink } from '../../src/telemetry/event-sink.ts';

/** A stream that keeps what was written to it. */
export class CapturedStream extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }

  get lines(): Record<string, unknown>[] {
    return this.text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

export class CapturedEvents implements EventSink {
  readonly sent: EventNote[] = [];

  emit(event: EventNote): void {
    this.sent.push(event);
  }
}
