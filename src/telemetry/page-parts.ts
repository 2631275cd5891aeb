import { counted } from '../domain/counted.ts';
import type { ClaimState } from '../domain/claim.ts';
import { html, type Html } from './page-html.ts';

/** A colour with a meaning; the words beside it say the same. */
export type Tone = 'good' | 'warn' | 'bad' | 'calm' | 'muted';

export const TONE_OF_STATE: Readonly<Record<ClaimState, Tone>> = {
  active: 'good',
  pending: 'warn',
  frozen: 'warn',
  suspended: 'calm',
  deleting: 'bad',
  held: 'bad',
  left: 'warn',
  released: 'muted',
};

export function badge(text: string, tone: Tone): Html {
  return html`<span class="badge ${tone}">${text}</span>`;
}

/** A name or path that may go on in the next line after a dot or a slash, rather than anywhere. */
export function breakable(text: string): Html {
  return withBreaks(text, /(?<=[./])/);
}

function withBreaks(text: string, after: RegExp): Html {
  return html`${text.split(after).map((part, at) => (at === 0 ? part : html`<wbr />${part}`))}`;
}

/** What a record points to. A long one may go on in the next line after a dot or a colon; an IPv4 address never does. */
export function contentText(content: string): Html {
  if (/^[0-9.]+$/.test(content)) return html`<code class="keep">${content}</code>`;
  return html`<code>${withBreaks(content, /(?<=[.:])/)}</code>`;
}

/** A cell; `label` is read on a phone, where the head of the table is not seen. */
export function cell(label: string, content: Html | string): Html {
  return html`<td role="cell" data-label="${label}"><div>${content}</div></td>`;
}

/** A time in UTC with how long ago it was; both are texts, since nothing can be pointed at on a phone. */
export function moment(iso: string, now: number): Html {
  const utc = iso.slice(0, 16).replace('T', ' ');
  return html`<time datetime="${iso}">${utc}</time> <span class="muted small keep">${ago(iso, now)}</span>`;
}

/** `3 d`: the largest unit alone, rounded down. */
export function age(iso: string, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(iso)) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

function ago(iso: string, now: number): string {
  return `${age(iso, now)} ago`;
}

/**
 * A table that stays one for a screen reader where the style shows its rows as cards: display: block takes the
 * roles away, so they are written. https://www.w3.org/TR/html-aam-1.0/
 */
export function table(caption: string | Html, columns: readonly string[], rows: readonly Html[]): Html {
  const heads = columns.map((column) => html`<th scope="col" role="columnheader">${column}</th>`);
  return html`<table role="table">
    <caption>
      ${caption}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        ${heads}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map(
        (row) =>
          html`<tr role="row">
            ${row}
          </tr> `,
      )}
    </tbody>
  </table>`;
}

/** The first cell of a row, which names it. */
export function rowHead(content: Html | string): Html {
  return html`<th scope="row" role="rowheader">${content}</th>`;
}

/** How many of how many are shown, and where the others are. */
export function shownOf(shown: number, all: number, json: string): Html | string {
  if (shown === all) return counted(all, 'row');
  return html`${shown} of ${all} rows; all are in <a href="${json}">the JSON</a>, or use the filter`;
}
