import { counted } from '../domain/counted.ts';
import {
  formatSettingProblem,
  loadConfig,
  type LoadedConfig,
  type SectionReaders,
} from '../config/config.ts';
import { diskFiles } from '../config/text-file.ts';
import type { CommandContext } from './context.ts';

/** The settings a command needs; otherwise every problem is on standard error, and the command exits 1. */
export function settingsOrTell<T>(
  { env, stderr }: Pick<CommandContext, 'env' | 'stderr'>,
  needs: (read: SectionReaders) => T,
): LoadedConfig<T> | undefined {
  const loaded = loadConfig(env, diskFiles, needs);
  if (loaded.ok) return loaded.value;
  const count = loaded.error.length === 1 ? 'a setting' : counted(loaded.error.length, 'setting');
  const lines = loaded.error.map((problem) => `  ${formatSettingProblem(problem)}\n`);
  stderr.write(`routeflare: ${count} cannot be used:\n${lines.join('')}`);
  return undefined;
}
