const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, cyan: 36 } as const;
export type Style = keyof typeof CODES;

/** Puts a style around text, or not. */
export type Paint = (style: Style, text: string) => string;

/** No colour at all. */
export const plainPaint: Paint = (_style, text) => text;

/**
 * Colours only on a terminal; `NO_COLOR` switches them off and `FORCE_COLOR` on, which wins.
 * https://no-color.org, https://force-color.org
 */
export function paintFor(env: Readonly<Record<string, string | undefined>>, isTTY: boolean): Paint {
  const forced = env['FORCE_COLOR'];
  const wanted =
    forced !== undefined && forced !== ''
      ? forced !== '0' && forced !== 'false'
      : isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  if (!wanted) return plainPaint;
  return (style, text) => (text === '' ? text : `\u001B[${CODES[style]}m${text}\u001B[0m`);
}
