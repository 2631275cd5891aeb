import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import { escapedLine, shownText } from '../domain/shown-text.ts';
import type { SecretWords } from './secret-words.ts';

export type { Logger } from 'pino';

export interface LoggerSettings {
  /** `silent` is for commands whose output is the result itself. */
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** `pretty` is for people; its printer is loaded only then. */
  readonly format: 'json' | 'pretty';
}

/**
 * A logger whose finished lines pass through `secrets`, so that no path into a line (a header in an error, a cause, a
 * child's binding) gets around it. Texts of others can neither end a line nor steer a terminal. Lines go to `sink`, or to standard output at once: the last one before an exit counts.
 */
export async function createLogger(
  settings: LoggerSettings,
  secrets: SecretWords,
  sink?: DestinationStream,
): Promise<Logger> {
  const shown = settings.format === 'json' ? escapedLine : legible;
  const options: LoggerOptions = {
    level: settings.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    hooks: { streamWrite: (line) => shown(secrets.redact(line)) },
  };
  if (settings.format === 'json') {
    return pino(options, sink ?? pino.destination({ dest: 1, sync: true }));
  }
  const { default: pretty } = await import('pino-pretty');
  const out =
    sink === undefined
      ? pretty({ destination: 1, sync: true, translateTime: 'SYS:HH:MM:ss' })
      : pretty({ destination: sink, colorize: false });
  return pino(options, out);
}

/** A line of JSON whose texts, keys included, can be printed as they are; the printer for people unpacks escapes. */
function legible(line: string): string {
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return value.split('\n').map(shownText).join('\n');
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [shownText(key), clean(each)]));
  };
  return `${JSON.stringify(clean(JSON.parse(line)))}\n`;
}
