import { err, ok, type Result } from '../domain/result.ts';

const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
const LONGEST_MS = 168 * 3_600_000;
const FORM = /^(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** Parses `1h30m`, `10m`, `30s`, `500ms`: whole numbers, units from large to small, at most a week. @returns ms */
export function parseDuration(raw: string): Result<number, string> {
  const text = raw.trim().toLowerCase();
  const parts = text === '' ? null : FORM.exec(text);
  const ms =
    text === '0'
      ? 0
      : parts === null
        ? Number.NaN
        : ['h', 'm', 's', 'ms'].reduce(
            (sum, unit, at) => sum + Number(parts[at + 1] ?? 0) * (UNIT_MS[unit] ?? 0),
            0,
          );
  if (ms >= 0 && ms <= LONGEST_MS) return ok(ms);
  return err(
    `"${raw}" is not a duration: allowed are whole numbers with h, m, s or ms, such as 30s, 1h30m or 500ms, at most 168h`,
  );
}

/** The shortest text that `parseDuration` reads back as `ms`. */
export function formatDuration(ms: number): string {
  let rest = ms;
  let text = '';
  for (const [unit, size] of Object.entries(UNIT_MS)) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text === '' ? '0s' : text;
}
