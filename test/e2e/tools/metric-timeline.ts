import { parseExposition } from '../../telemetry/exposition.ts';

/** What a scrape saw, and when (Unix seconds). */
export interface Scrape {
  readonly at: number;
  readonly text: string;
}

/** The labels that Prometheus puts on what it scrapes. */
export const SCRAPED = { job: 'routeflare', instance: 'routeflare:8080' };

/** How often a drift check comes with the default schedule, in minutes. */
const PERIOD = 5;

/**
 * Minute by minute what Prometheus would have seen. Nothing is made up: what lasts is the last scrape again, what
 * repeats is the difference of two scrapes again, and what is a time goes on with the clock.
 */
export class Timeline {
  readonly #minutes: ReadonlyMap<string, number>[] = [];
  readonly start: number;

  constructor(start: number) {
    this.start = start;
  }

  get minutes(): number {
    return this.#minutes.length;
  }

  /** The program as it is in `scrape`, standing still for so long. */
  stays(scrape: Scrape, minutes: number): this {
    const samples = samplesOf(scrape, this.#now);
    for (let n = 0; n < minutes; n += 1) this.#minutes.push(samples);
    return this;
  }

  /** The same, with what grew from `before` to `after` growing as much every five minutes. */
  repeats(before: Scrape, after: Scrape, minutes: number): this {
    const from = this.#now;
    const [old, fresh] = [samplesOf(before, from), samplesOf(after, from)];
    for (let n = 0; n < minutes; n += 1) {
      const times = Math.floor(n / PERIOD);
      this.#minutes.push(
        new Map(
          [...fresh].map(([series, value]) => {
            const grown = /_(total|count|sum|bucket)\b/.test(series)
              ? (value - (old.get(series) ?? 0)) * times
              : 0;
            const later = isTimestamp(series) ? times * PERIOD * 60 : 0;
            return [series, value + grown + later];
          }),
        ),
      );
    }
    return this;
  }

  /** The same, with the age of the egress address growing with the clock. */
  ages(scrape: Scrape, minutes: number): this {
    const samples = samplesOf(scrape, this.#now);
    for (let n = 0; n < minutes; n += 1)
      this.#minutes.push(
        new Map(
          [...samples].map(([series, value]) => [
            series,
            series.includes('_age_seconds') ? value + n * 60 : value,
          ]),
        ),
      );
    return this;
  }

  /** Nothing is scraped. */
  isAway(minutes: number): this {
    for (let n = 0; n < minutes; n += 1) this.#minutes.push(new Map());
    return this;
  }

  /** As promtool's `input_series`, a value a minute. */
  inputSeries(): { readonly series: string; readonly values: string }[] {
    const all = new Set(this.#minutes.flatMap((samples) => [...samples.keys()]));
    return [...all].map((series) => ({
      series,
      values: this.#minutes.map((samples) => samples.get(series) ?? '_').join(' '),
    }));
  }

  get #now(): number {
    return this.start + this.#minutes.length * 60;
  }
}

/** A time in a scrape is as far back at `now` as it was when it was scraped. */
function samplesOf({ at, text }: Scrape, now: number): ReadonlyMap<string, number> {
  const { samples } = parseExposition(text);
  return new Map(
    samples.map(({ name, labels, value }) => {
      const all = Object.entries({ ...labels, ...SCRAPED }).map(([key, each]) => `${key}="${each}"`);
      const series = `${name}{${all.join(', ')}}`;
      return [series, isTimestamp(series) && value > 0 ? value - at + now : value];
    }),
  );
}

function isTimestamp(series: string): boolean {
  return series.includes('_timestamp_seconds') || series.includes('_start_time_seconds');
}
