import type { CommandContext } from './context.ts';

/** Nobody wonders about less. */
const SOON_MS = 1_000;

/** Says on standard error what is waited for, once it takes longer than a second; to people at a terminal only. */
export async function withProgress<T>(
  { isTTY, stderr }: Pick<CommandContext, 'isTTY' | 'stderr'>,
  what: string,
  work: Promise<T>,
): Promise<T> {
  if (!isTTY) return work;
  const soon = setTimeout(() => stderr.write(`${what} …\n`), SOON_MS);
  try {
    return await work;
  } finally {
    clearTimeout(soon);
  }
}
