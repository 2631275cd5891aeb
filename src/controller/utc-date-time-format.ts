/** Not written as one name: that is what the build replaces. */
const { DateTimeFormat } = Intl;

/**
 * Stands in for `Intl.DateTimeFormat` in the bundle (build.mjs), where node-cron alone uses it: for what that asks of a
 * schedule in UTC, the answer is a few divisions, and asking the platform brings 6 MiB of tables into memory. Whatever
 * else is asked, the platform answers.
 */
export const UtcDateTimeFormat = new Proxy(DateTimeFormat, {
  construct(platform, args: readonly unknown[]): object {
    const [locale, options] = args;
    if (locale === 'en-US' && isSame(options, CLOCK)) return { formatToParts: clockParts };
    if (locale === 'en-US' && isSame(options, OFFSET)) return { formatToParts: offsetParts };
    const made: object = Reflect.construct(platform, args);
    return made;
  },
});

interface Part {
  readonly type: string;
  readonly value: string;
}

/** What node-cron asks of a time. */
const CLOCK: Intl.DateTimeFormatOptions = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  weekday: 'short',
  hour12: false,
  timeZone: 'UTC',
};
/** What it asks of the zone. */
const OFFSET: Intl.DateTimeFormatOptions = { timeZone: 'UTC', timeZoneName: 'shortOffset' };

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Without the texts between the parts. Midnight is 00. */
function clockParts(date: Date): readonly Part[] {
  return [
    { type: 'weekday', value: WEEKDAYS[date.getUTCDay()] ?? '' },
    { type: 'month', value: twoDigits(date.getUTCMonth() + 1) },
    { type: 'day', value: twoDigits(date.getUTCDate()) },
    { type: 'year', value: String(date.getUTCFullYear()) },
    { type: 'hour', value: twoDigits(date.getUTCHours()) },
    { type: 'minute', value: twoDigits(date.getUTCMinutes()) },
    { type: 'second', value: twoDigits(date.getUTCSeconds()) },
  ];
}

function offsetParts(date: Date): readonly Part[] {
  return [
    { type: 'month', value: String(date.getUTCMonth() + 1) },
    { type: 'day', value: String(date.getUTCDate()) },
    { type: 'year', value: String(date.getUTCFullYear()) },
    { type: 'timeZoneName', value: 'GMT' },
  ];
}

function isSame(one: unknown, other: object): boolean {
  if (typeof one !== 'object' || one === null) return false;
  const entries = Object.entries(one);
  const known = new Map(Object.entries(other));
  return entries.length === known.size && entries.every(([key, value]) => known.get(key) === value);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
