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

/** The table of managed records, in parts. `page` is the part, from 1, and `linkTo` where another one is. */
export function recordsTable(
  rows: readonly RecordRow[],
  now: number,
  { page, linkTo }: { readonly page: number; readonly linkTo: (page: number) => string },
): Html {
  const last = Math.ceil(rows.length / MOST_ROWS);
  const at = Math.min(page, last);
  const from = (at - 1) * MOST_ROWS;
  const shown = rows.slice(from, from + MOST_ROWS);
  const count =
    last === 1
      ? shownOf(rows.length, rows.length, '')
      : `${from + 1} to ${from + shown.length} of ${rows.length}`;
  const links = [
    ...(at > 1 ? [html`<a href="${linkTo(at - 1)}">Previous ${MOST_ROWS}</a> `] : []),
    ...(at < last
      ? [html`<a href="${linkTo(at + 1)}">Next ${Math.min(MOST_ROWS, rows.length - from - MOST_ROWS)}</a>`]
      : []),
  ];
  const records = table(
    html`Managed records, those with problems first: ${count}. ${links}`,
    COLUMNS,
    shown.map((row) => recordRow(row, now)),
  );
  return links.length === 0
    ? records
    : html`${records}
        <nav aria-label="Parts of the table of records"><p>${links}</p></nav>`;
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
