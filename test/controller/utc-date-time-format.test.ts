import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { UtcDateTimeFormat } from '../../src/controller/utc-date-time-format.ts';

/** What node-cron asks. */
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
const OFFSET: Intl.DateTimeFormatOptions = { timeZone: 'UTC', timeZoneName: 'shortOffset' };

/** Versions of the platform differ in how they write midnight and no offset; node-cron takes both for the same. */
function meant({ type, value }: Intl.DateTimeFormatPart): { readonly type: string; readonly value: string } {
  if (type === 'hour' && value === '24') return { type, value: '00' };
  return type === 'timeZoneName' && value === 'GMT+0' ? { type, value: 'GMT' } : { type, value };
}

const dates = fc.date({ min: new Date('1970-01-01'), max: new Date('2199-12-31'), noInvalidDate: true });

test.each([
  ['the clock', CLOCK],
  ['the offset', OFFSET],
])('for %s in UTC it answers as the platform does, at any time', (_, options) => {
  const ours = new UtcDateTimeFormat('en-US', options);
  const theirs = new Intl.DateTimeFormat('en-US', options);
  expect(ours).not.toBeInstanceOf(Intl.DateTimeFormat);
  const answers = (date: Date): void => {
    const parts = theirs.formatToParts(date).filter(({ type }) => type !== 'literal');
    expect(ours.formatToParts(date)).toEqual(parts.map(meant));
  };
  answers(new Date('2026-03-04T00:00:00Z'));
  answers(new Date('2024-02-29T23:59:59.999Z'));
  fc.assert(fc.property(dates, answers));
});

test.each<[string, Intl.DateTimeFormatOptions]>([
  ['en-US', { ...CLOCK, timeZone: 'Europe/Berlin' }],
  ['en-US', { ...CLOCK, hour12: true }],
  ['de', OFFSET],
  ['en-US', {}],
])('what else is asked (%s, %j) is left to the platform', (locale, options) => {
  expect(new UtcDateTimeFormat(locale, options)).toBeInstanceOf(Intl.DateTimeFormat);
});
