import { createHash } from 'node:crypto';
import type { Result } from '../domain/result.ts';
import { isOwnHost, OWN_HOSTS } from './asked-host.ts';
import type { Health } from './health.ts';
import type { PageFacts } from './page-facts.ts';
import { entryMatches, parseFilter, problemMatches, waitingMatches, type PageFilter } from './page-filter.ts';
import { renderHtml } from './page-html.ts';
import { entryJson } from './ledger-json.ts';
import { recordJson, recordRows } from './page-rows.ts';
import { PAGE_STYLE } from './page-style.ts';
import { pageView } from './page-view.ts';
import type { SecretWords } from './secret-words.ts';
import { plain, type Asked, type Page, type Pages } from './server.ts';

export interface PageParts {
  /** `undefined` while the controller is still starting. */
  readonly facts: () => PageFacts | undefined;
  readonly health: Health;
  readonly secrets: SecretWords;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** How many entries of the history a filter looks through. */
const HISTORY_SEARCHED = 1000;
const HISTORY_SHOWN = 50;

/** No script, no frame, nothing from elsewhere; the one style is named by what it says. https://www.w3.org/TR/CSP3/ */
const HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(PAGE_STYLE).digest('base64')}'`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
};

type Answer = (facts: PageFacts, filter: PageFilter, query: URLSearchParams) => Result<unknown, string>;

/** What each path under `/api` answers, filtered by `q`. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  records: (facts, filter) => ({ ok: true, value: recordRows(facts, filter).map(recordJson) }),
  problems: ({ problems }, filter) => ({
    ok: true,
    value: problems.filter((problem) => problemMatches(filter, problem)),
  }),
  held: ({ waiting }, filter) => ({
    ok: true,
    value: waiting.filter((record) => waitingMatches(filter, record)),
  }),
  egress: ({ egress }) => ({ ok: true, value: egress }),
  history: (facts, filter, query) => {
    const limit = query.get('limit') ?? String(HISTORY_SHOWN);
    if (!/^[0-9]{1,4}$/.test(limit) || Number(limit) > HISTORY_SEARCHED)
      return { ok: false, error: `limit is a whole number up to ${HISTORY_SEARCHED}` };
    return { ok: true, value: historyOf(facts, filter, Number(limit)).map(entryJson) };
  },
};

/** The page at `/`, and the same as JSON under `/api`: read-only, without script. For `servePages`. */
export function pagePages({ facts, health, secrets, now }: PageParts): Pages {
  const redact = (text: string): string => secrets.redact(text);
  const json = (status: number, value: unknown): Page => {
    const text = JSON.stringify(value, (_, one: unknown) => (typeof one === 'string' ? redact(one) : one), 2);
    return { status, contentType: 'application/json', body: `${text}\n`, headers: HEADERS };
  };
  const api = Object.entries(ANSWERS).map(([path, answer]): [string, Pages[string]] => [
    `/api/${path}`,
    ({ query }) => {
      const known = facts();
      if (known === undefined) return json(503, { error: STARTING });
      const filter = parseFilter(query);
      const answered = filter.ok ? answer(known, filter.value, query) : filter;
      return answered.ok ? json(200, answered.value) : json(400, { error: answered.error });
    },
  ]);
  return guarded({
    '/': ({ query }) => {
      const known = facts();
      if (known === undefined) return { ...plain(503, `${STARTING}\n`), headers: HEADERS };
      const filter = parseFilter(query);
      if (!filter.ok) return { ...plain(400, `${filter.error}\n`), headers: HEADERS };
      const view = pageView({
        facts: known,
        filter: filter.value,
        query: (query.get('q') ?? '').trim(),
        rows: recordRows(known, filter.value),
        history: historyOf(known, filter.value, HISTORY_SHOWN),
        ready: health.ready(),
        now: now(),
      });
      return {
        status: 200,
        contentType: 'text/html; charset=utf-8',
        body: renderHtml(view, redact),
        headers: HEADERS,
      };
    },
    '/api': () => json(200, Object.fromEntries(Object.keys(ANSWERS).map((path) => [path, `/api/${path}`]))),
    ...Object.fromEntries(api),
  });
}

/** Misdirected Request, RFC 9110 §15.5.20. */
const MISDIRECTED: Page = {
  ...plain(
    421,
    `this page answers to ${OWN_HOSTS}; a proxy in front of it has to send one of these as Host\n`,
  ),
  headers: HEADERS,
};

/** The pages, for those who ask for them by a name of ours. */
function guarded(pages: Pages): Pages {
  return Object.fromEntries(
    Object.entries(pages).map(([path, page]) => [
      path,
      (asked: Asked) => (isOwnHost(asked.host) ? page(asked) : MISDIRECTED),
    ]),
  );
}

const STARTING = 'the controller is starting; /readyz says what it waits for';

function historyOf(facts: PageFacts, filter: PageFilter, limit: number) {
  const searched = filter.text === '' ? limit : HISTORY_SEARCHED;
  return facts
    .history(searched)
    .filter((entry) => entryMatches(filter, entry))
    .slice(0, limit);
}
