import type { Approvable } from '../domain/approvable.ts';
import type { HistoryEntry } from '../domain/entry.ts';
import { problemText, type Problem } from '../domain/problem.ts';
import { refText } from '../domain/source.ts';
import type { HealthReport } from './health.ts';
import { egressFamily } from './page-egress.ts';
import type { PageFacts } from './page-facts.ts';
import { problemMatches, STATE_FILTERS, waitingMatches, type PageFilter } from './page-filter.ts';
import { historyTable } from './page-history.ts';
import { Html, html } from './page-html.ts';
import { badge, breakable, cell, contentText, rowHead, shownOf, table } from './page-parts.ts';
import { recordsTable } from './page-records.ts';
import type { RecordRow } from './page-rows.ts';
import { PAGE_STYLE } from './page-style.ts';

export interface PageContent {
  readonly facts: PageFacts;
  readonly filter: PageFilter;
  /** The words of the filter as they were typed. */
  readonly query: string;
  readonly rows: readonly RecordRow[];
  readonly history: readonly HistoryEntry[];
  readonly ready: HealthReport;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** More rows than this are told by their number. */
const MOST_ROWS = 100;

/** One piece: a space more between the tags would be another style than the header allows. */
const STYLE = new Html([`<style>${PAGE_STYLE}</style>`], []);

/** The whole page. */
export function pageView(content: PageContent): Html {
  const { facts, filter, query, rows, history, ready, now } = content;
  const problems = facts.problems.filter((problem) => problemMatches(filter, problem));
  const waiting = facts.waiting.filter((record) => waitingMatches(filter, record));
  const asked = queryText({ q: query });
  const askedRecords = queryText({ q: query, state: filter.state ?? '' });
  const linkTo = (page: number): string =>
    `/${queryText({ q: query, state: filter.state ?? '', page: page === 1 ? '' : String(page) })}#records`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${problems.length === 0 ? '' : `(${problems.length}) `}Routeflare</title>
        ${STYLE}
      </head>
      <body>
        <a class="skip" href="#records">Skip to the records</a>
        <header>
          <h1>Routeflare ${ready.ok ? badge('ready', 'good') : badge('not ready', 'bad')}</h1>
          <p class="muted">
            Owner <strong>${facts.owner}</strong>, as of
            ${new Date(now).toISOString().slice(0, 19).replace('T', ' ')} UTC. Reload for news.
          </p>
          ${notices(facts, ready)}
          <nav aria-label="Sections">
            <ul>
              <li><a href="#problems">Problems: ${problems.length}</a></li>
              <li><a href="#held">Waiting for you: ${waiting.length}</a></li>
              <li><a href="#egress">Egress address</a></li>
              <li><a href="#records">Records: ${rows.length}</a></li>
              <li><a href="#history">History</a></li>
            </ul>
          </nav>
          ${filterForm(filter, query)}
        </header>
        <main>
          <section aria-labelledby="problems">
            <h2 id="problems">Problems</h2>
            ${problems.length === 0 ? none('Nothing is wrong', query) : problemsTable(problems, `/api/problems${asked}`)}
          </section>
          <section aria-labelledby="held">
            <h2 id="held">Waiting for you</h2>
            ${waiting.length === 0 ? none('No deletion is held', query) : waitingTable(waiting, `/api/held${asked}`)}
          </section>
          <section aria-labelledby="egress">
            <h2 id="egress">Egress address</h2>
            <div class="families">${facts.egress.map((state) => egressFamily(state, now))}</div>
          </section>
          <section aria-labelledby="records">
            <h2 id="records">Records</h2>
            ${rows.length === 0 ? none('No record', query || filter.state || '') : recordsTable(rows, now, { page: filter.page, linkTo })}
          </section>
          <section aria-labelledby="history">
            <h2 id="history">History</h2>
            ${history.length === 0 ? none('No change', query) : historyTable(history, now)}
          </section>
        </main>
        <footer><p class="muted small">The same as JSON: ${jsonLinks(asked, askedRecords)}.</p></footer>
      </body>
    </html> `;
}

function notices({ dryRun, stopped }: PageFacts, ready: HealthReport): Html {
  const missing = ready.text.split('\n').flatMap((line) => (line.startsWith('[-] ') ? [line.slice(4)] : []));
  return html`${missing.map((line) => html`<p class="notice bad">Not ready: ${line}</p> `)}${
    dryRun ? html`<p class="notice calm">Dry run: nothing is written.</p> ` : undefined
  }${
    stopped === undefined
      ? undefined
      : html`<p class="notice warn">
          Nothing is written since ${stopped}: <code>routeflare uninstall</code> stopped it;
          <code>routeflare uninstall --undo</code> lets it go on.
        </p>`
  }`;
}

function filterForm(filter: PageFilter, query: string): Html {
  const options = STATE_FILTERS.map((state) => {
    const text = state === 'attention' ? 'needs attention' : state;
    return filter.state === state
      ? html`<option value="${state}" selected>${text}</option>`
      : html`<option value="${state}">${text}</option>`;
  });
  const all = query === '' && filter.state === undefined;
  return html`<form role="search" action="/" method="get">
    <div class="grow">
      <label for="q">Name, address, holder, reason</label
      ><input id="q" name="q" type="search" value="${query}" autocomplete="off" spellcheck="false" />
    </div>
    <div>
      <label for="state">State of records</label
      ><select id="state" name="state">
        <option value="">any</option>
        ${options}
      </select>
    </div>
    <button type="submit">Filter</button>${all ? undefined : html` <a href="/">Show all</a>`}
  </form>`;
}

function problemsTable(problems: readonly Problem[], json: string): Html {
  const shown = problems.slice(0, MOST_ROWS);
  const rows = shown.map((problem) => {
    const { reason, source, zone, name, type } = problem;
    const what = name === undefined ? (zone ?? '') : `${name} ${type ?? ''}`;
    const where = [what, source === undefined ? '' : refText(source)].filter((part) => part !== '');
    const cells = where.map((part) => html`<p>${breakable(part)}</p>`);
    return html`${rowHead(html`<span class="bad keep">${reason}</span>`)}
    ${cell('Where', cells.length === 0 ? 'controller' : html`${cells}`)} ${cell('What', problemText(problem))}`;
  });
  return table(
    html`${shownOf(shown.length, problems.length, json)}. <code>routeflare explain NAME</code> tells more.`,
    ['Problem', 'Where', 'What'],
    rows,
  );
}

function waitingTable(waiting: readonly Approvable[], json: string): Html {
  const shown = waiting.slice(0, MOST_ROWS);
  const rows = shown.map(
    ({ kind, name, type, content, why }) =>
      html`${rowHead(html`${breakable(name)} <span class="muted">${type}</span>`)}
      ${cell('Kind', badge(kind, kind === 'held' ? 'bad' : 'warn'))} ${cell('Content', contentText(content))}
      ${cell('Why', why)}`,
  );
  return table(
    html`Held deletions, orphans and records left behind: ${shownOf(shown.length, waiting.length, json)}.
      <code>routeflare approve</code> lets them go.`,
    ['Record', 'Kind', 'Content', 'Why'],
    rows,
  );
}

function none(what: string, asked: string): Html {
  return html`<p class="muted">${what}${asked === '' ? '' : ' that the filter lets through'}.</p>`;
}

function jsonLinks(asked: string, askedRecords: string): readonly Html[] {
  const links = [
    `/api/records${askedRecords}`,
    ...['problems', 'held', 'history'].map((path) => `/api/${path}${asked}`),
    '/api/egress',
  ];
  return links.map((link, at) => html`${at === 0 ? '' : ', '}<a href="${link}">${link.split('?', 1)}</a>`);
}

/** `?name=value`, of the values that are not ''; '' when there is none. */
function queryText(values: Readonly<Record<string, string>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}
