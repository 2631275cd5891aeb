import { counted } from '../domain/counted.ts';
import type { HistoryEntry } from '../domain/entry.ts';
import { html, type Html } from './page-html.ts';
import { breakable, cell, contentText, moment, rowHead, table } from './page-parts.ts';

/** The newest changes first: what, from, to and why. */
export function historyTable(entries: readonly HistoryEntry[], now: number): Html {
  return table(
    `The newest changes first: ${counted(entries.length, 'row')}.`,
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
  if (before === undefined) return after === undefined ? html`–` : html`→ ${contentText(after.content)}`;
  if (after === undefined) return html`${contentText(before.content)} →`;
  if (before.content !== after.content)
    return html`${contentText(before.content)} → ${contentText(after.content)}`;
  const parts = [
    ...(before.proxied === after.proxied ? [] : [after.proxied ? 'proxied' : 'not proxied']),
    ...(before.ttl === after.ttl ? [] : [`TTL ${before.ttl} → ${after.ttl}`]),
  ];
  return html`${contentText(after.content)} ${parts.join(', ')}`;
}
