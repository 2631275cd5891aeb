import { type ClientRequest, request as httpRequest } from 'node:http';

interface WatchEvent {
  readonly type: string;
  readonly object: {
    readonly code?: number;
    readonly metadata: {
      readonly name: string;
      readonly resourceVersion: string;
      readonly annotations?: Readonly<Record<string, string>>;
    };
  };
}

export interface WatchClient {
  readonly lines: string[];
  /** Parsed lines. */
  readonly events: () => WatchEvent[];
  /** Resolves when at least `count` lines came. */
  readonly atLeast: (count: number) => Promise<void>;
  /** How the stream ended. */
  readonly ended: Promise<'end' | 'reset'>;
  readonly status: () => number | undefined;
  readonly close: () => void;
}

/** Opens a watch and collects its lines. */
export function watch(url: string): WatchClient {
  const lines: string[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  let status: number | undefined;
  let rest = '';
  let request: ClientRequest;
  const ended = new Promise<'end' | 'reset'>((resolve) => {
    request = httpRequest(url, { agent: false }, (response) => {
      status = response.statusCode;
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        const parts = (rest + chunk).split('\n');
        rest = parts.pop() ?? '';
        lines.push(...parts);
        for (const one of waiting) if (lines.length >= one.count) one.resolve();
      });
      response.on('end', () => resolve('end'));
      response.on('error', () => resolve('reset'));
    });
    request.on('error', () => resolve('reset'));
    request.end();
  });
  return {
    lines,
    events: () => lines.map((line) => JSON.parse(line) as WatchEvent),
    atLeast: async (count) =>
      new Promise((resolve) => {
        if (lines.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    ended,
    status: () => status,
    close: () => request.destroy(),
  };
}
