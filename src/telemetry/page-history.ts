import type { HistoryEntry } from '../domain/entry.ts';
import { html, type Html } from './page-html.ts';
import { breakable, cell, moment, rowHead, table } from './page-parts.ts';

/** The newest changes first: what, from, to and why. */
export function historyTable(entries: readonly HistoryEntry[], now: number): Html {
  return table(
    `The newest changes first: ${entries.length === 1 ? '1 row' : `${entries.length} rows`}.`,
    ['When (UTC)', 'Action', 'Record', 'Change', 'Why'],
    entries.map((entry) => entryRow(entry, now)),
  );
}

function entryRow(entry: HistoryEntry, now: number): Html {
  const { at, action, name, type, reason, holder, outcome } = entry;
  const why = html`${reason}${holder === '' ? undefined : html` <span class="muted">${breakable(holder)}</span>`}${
    outcome === 'done' ? undefined : html`<p class="bad">${outcome}</p>`
  }`;
  return html`${rowHead(moment(at, now))} ${cell('Action', html`<span class="keep">${action}</span>`)}
  ${cell('Record', html`${breakable(name)} <span class="muted">${type}</span>`)}
  ${cell('Change', change(entry))} ${cell('Why', why)}`;
}

function change({ before, after }: HistoryEntry): Html {
  if (before === undefined) return after === undefined ? html`–` : html`→ <code>${after.content}</code>`;
  if (after === undefined) return html`<code>${before.content}</code> →`;
  if (before.content !== after.content)
    return html`<code>${before.content}</code> → <code>${after.content}</code>`;
  const parts = [
    ...(before.proxied === after.proxied ? [] : [after.proxied ? 'proxied' : 'not proxied']),
    ...(before.ttl === after.ttl ? [] : [`TTL ${before.ttl} → ${after.ttl}`]),
  ];
  return html`<code>${after.content}</code> ${parts.join(', ')}`;
}
