import { refText } from '../domain/source.ts';
import { html, type Html } from './page-html.ts';
import {
  age,
  badge,
  breakable,
  cell,
  contentText,
  moment,
  rowHead,
  shownOf,
  table,
  TONE_OF_STATE,
} from './page-parts.ts';
import type { RecordRow } from './page-rows.ts';

/** More rows make a page that a phone cannot hold. */
const MOST_ROWS = 500;
const COLUMNS = ['Name', 'Content', 'Holder', 'State', 'Age', 'Last change (UTC)'];

/** The table of managed records. `json` is where all of them are. */
export function recordsTable(rows: readonly RecordRow[], now: number, json: string): Html {
  const shown = rows.slice(0, MOST_ROWS);
  return table(
    html`Managed records, those with problems first: ${shownOf(shown.length, rows.length, json)}.`,
    COLUMNS,
    shown.map((row) => recordRow(row, now)),
  );
}

function recordRow({ claim, problems }: RecordRow, now: number): Html {
  const { name, type, content, proxied, ttl, holder, state, stateReason, createdAt, updatedAt } = claim;
  const ttlText = ttl === 'auto' ? 'TTL auto' : `TTL ${ttl} s`;
  const why = [
    ...(stateReason === '' ? [] : [html`<p class="small">${stateReason}</p>`]),
    ...problems.map(
      ({ reason, message }) => html`<p class="small"><strong class="bad">${reason}</strong>: ${message}</p>`,
    ),
  ];
  return html`${rowHead(html`<a href="/?q=${encodeURIComponent(name)}">${breakable(name)}</a> <span class="muted">${type}</span>`)}
  ${cell('Content', html`${contentText(content)} <span class="muted small keep">${proxied ? 'proxied' : ttlText}</span>`)}
  ${cell('Holder', holder === undefined ? 'unknown' : breakable(refText(holder)))}
  ${cell('State', html`${badge(state, TONE_OF_STATE[state])}${why}`)}
  ${cell('Age', html`<span class="keep">${age(createdAt, now)}</span>`)}
  ${cell('Last change', moment(updatedAt, now))}`;
}
