import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
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
 * child's binding) gets around it. Lines go to `sink`, or to standard output at once: the last one before an exit counts.
 */
export async function createLogger(
  settings: LoggerSettings,
  secrets: SecretWords,
  sink?: DestinationStream,
): Promise<Logger> {
  const options: LoggerOptions = {
    level: settings.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    hooks: { streamWrite: (line) => secrets.redact(line) },
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
