import { counted } from '../domain/counted.ts';
import { shownText } from '../domain/shown-text.ts';
import type { Approvable } from '../domain/approvable.ts';
import type { SignalRequest } from './signal-request.ts';

export interface NoticeParts {
  /** What waits for a person now; `undefined` while that is not known. */
  readonly waiting: () => readonly Approvable[] | undefined;
  /** Answers why it could not be sent. */
  readonly send: (text: string) => Promise<string | undefined>;
  /** Told at the first failure of a row, and with `undefined` when sending goes well again. */
  readonly onSending: (failure: string | undefined) => void;
  /** Milliseconds of any clock that does not run backwards. */
  readonly now: () => number;
}

const AGAIN_MS = 60_000;
const NAMES_SHOWN = 10;

/** Tells of each held deletion and each orphan once in this run; again only when it was gone in between. */
export class Notice {
  readonly #parts: NoticeParts;
  #told: ReadonlySet<string> = new Set();
  #notBefore = 0;
  #sending = false;
  #failed = false;

  constructor(parts: NoticeParts) {
    this.#parts = parts;
  }

  /** To be called every few seconds. Never rejects. */
  async look(): Promise<void> {
    const { waiting, send, onSending, now } = this.#parts;
    if (this.#sending) return;
    const known = waiting();
    if (known === undefined) return;
    const all = known.filter(({ kind }) => kind !== 'left');
    this.#told = new Set(all.map(keyOf).filter((key) => this.#told.has(key)));
    const fresh = all.filter((record) => !this.#told.has(keyOf(record)));
    if (fresh.length === 0 || now() < this.#notBefore) return;
    this.#sending = true;
    const failure = await send(noticeText(fresh));
    this.#sending = false;
    if (failure === undefined) this.#told = new Set([...this.#told, ...fresh.map(keyOf)]);
    else this.#notBefore = now() + AGAIN_MS;
    if ((failure !== undefined) !== this.#failed) onSending(failure);
    this.#failed = failure !== undefined;
  }
}

/** A paragraph for each kind. */
function noticeText(records: readonly Approvable[]): string {
  const held = records.filter(({ kind }) => kind === 'held');
  const orphans = records.filter(({ kind }) => kind === 'orphan');
  const told = [
    ...(held.length === 0
      ? []
      : [`${count(held, 'deletion')} held back: ${names(held)}. ${shownText(held[0]?.why ?? '')}.`]),
    ...(orphans.length === 0 ? [] : [`${count(orphans, 'orphan')} left as found: ${names(orphans)}.`]),
  ];
  return `${told.join('\n')}\nLook at them, and let them go, with: routeflare approve`;
}

/** `text`: what ntfy and most webhooks show as it stands. `slack`: what Slack, Mattermost and Discord's `/slack` take. */
export function noticeRequest(url: URL, format: 'text' | 'slack', text: string): SignalRequest {
  return format === 'slack'
    ? {
        url,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text: `Routeflare: ${slackText(text)}` }),
      }
    : {
        url,
        method: 'POST',
        headers: { 'content-type': 'text/plain; charset=utf-8', title: 'Routeflare' },
        body: text,
      };
}

/** What would be a mention or a link there is text. https://docs.slack.dev/messaging/formatting-message-text/ */
function slackText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function keyOf({ kind, recordId }: Approvable): string {
  return `${kind} ${recordId}`;
}

function count(records: readonly Approvable[], what: string): string {
  return `${counted(records.length, what)} ${records.length === 1 ? 'is' : 'are'}`;
}

function names(records: readonly Approvable[]): string {
  const shown = records.slice(0, NAMES_SHOWN).map(({ name, type }) => shownText(`${name} ${type}`));
  const more = records.length - shown.length;
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`;
}
