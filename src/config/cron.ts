import { validate } from 'node-cron';
import { err, ok, type Result } from '../domain/result.ts';

declare const cronBrand: unique symbol;

/** A cron expression of five fields, or six with seconds first, read in UTC. */
export type Cron = string & { readonly [cronBrand]: true };

/** Parses a cron expression; runs of blanks become one. Nicknames such as `@hourly` are refused. */
export function parseCron(raw: string): Result<Cron, string> {
  const fields = raw.trim().split(/\s+/);
  const text = fields.join(' ');
  if ((fields.length === 5 || fields.length === 6) && isValid(text)) return ok(brand(text));
  return err(
    `"${raw}" is not a cron expression: allowed are five fields (minute hour day month weekday), or six with seconds first, such as */5 * * * *`,
  );
}

/** For defaults and callers that hold an expression known to be good. */
export function cron(text: string): Cron {
  const parsed = parseCron(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

function isValid(text: string): boolean {
  try {
    return validate(text);
  } catch {
    return false;
  }
}

function brand(text: string): Cron {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place that makes the brand
  return text as Cron;
}
