import type { HistoryEntry } from '../domain/entry.ts';
import type { CloudflareRecord } from '../sandbox/cloudflare-record.ts';
import { DEMO_ZONE } from './demo-cast.ts';
import { changeList } from './demo-changes.ts';
import { eventLine, eventsOf, type DemoEvent } from './demo-events.ts';
import { expectedText, wrongWith, type Expected } from './demo-expected.ts';
import { recordTable } from './demo-records.ts';
import type { DemoScreen } from './demo-screen.ts';
import type { DemoStage } from './demo-stage.ts';
import { waitUntil } from './demo-wait.ts';
import { elide } from './table.ts';

const PATIENCE_MS = 20_000;

/** What the acts of the story are made of: deeds that are shown as they are done, waiting, and looking. */
export class DemoScene {
  readonly stage: DemoStage;
  readonly screen: DemoScreen;
  /** Ends all waiting. */
  readonly signal: AbortSignal;
  readonly #expected = new Map<string, Expected>();
  /** Entries of the history that earlier acts have shown. */
  #shown = 0;

  constructor(stage: DemoStage, screen: DemoScreen, signal: AbortSignal) {
    this.stage = stage;
    this.screen = screen;
    this.signal = signal;
  }

  /** Begins an act, when the one before could be read. */
  async act(title: string): Promise<void> {
    await this.screen.pause(2_500, this.signal);
    this.#shown = this.stage.history().length;
    this.screen.heading(title);
  }

  /** `kubectl annotate`, shown and done. An empty text takes the key away. */
  annotate(place: string, name: string, annotations: Readonly<Record<string, string>>): void {
    const words = Object.entries(annotations).map(([key, value]) =>
      value === '' ? `routeflare/${key}-` : `routeflare/${key}=${value}`,
    );
    this.screen.command(`kubectl -n ${place} annotate httproute ${name} ${words.join(' ')}`);
    const change = Object.entries(annotations).map(([key, value]) => [
      `routeflare/${key}`,
      value === '' ? null : value,
    ]);
    this.stage.kubernetes.objects.annotate('HTTPRoute', place, name, Object.fromEntries(change));
  }

  /** From now on this is what must be in Cloudflare, beside what was expected before. */
  expect(...expected: readonly Expected[]): void {
    for (const one of expected) this.#expected.set(`${one.name} ${one.type}`, one);
  }

  /** Waits until Cloudflare has what is expected, and the ledger says so. */
  async untilExpected(what: string, changes: number): Promise<readonly HistoryEntry[]> {
    await this.until(what, () => {
      const [wrong] = this.#wrong();
      if (wrong !== undefined) return `${wrong.expected.name} ${wrong.expected.type}: ${wrong.why}`;
      const done = this.changes().length;
      return done < changes ? `The ledger tells of ${done} of ${changes} changes` : undefined;
    });
    return this.changes();
  }

  async untilEvent(reason: string, on: string): Promise<DemoEvent> {
    let found: DemoEvent | undefined;
    await this.until(`${on} has an Event ${reason}`, () => {
      found = eventsOf(this.stage.kubernetes).findLast((event) => event.reason === reason && event.on === on);
      return found === undefined ? 'There is none' : undefined;
    });
    return found ?? { id: '', type: '', reason, on, note: '' };
  }

  /** Waits for a drift check that begins after now. */
  async untilDriftCheck(): Promise<void> {
    const begun = performance.now();
    await this.until('a drift check has looked at every record', () => {
      const listed = this.stage.cloudflare.calls.some(
        ({ method, path, query, status, at }) =>
          at > begun &&
          method === 'GET' &&
          path.endsWith('/dns_records') &&
          !('name.exact' in query) &&
          status === 200,
      );
      return listed ? undefined : 'The zone was not listed';
    });
  }

  async untilReady(): Promise<void> {
    await this.until('the controller is ready', () => this.stage.unready());
  }

  async until(what: string, missing: () => string | undefined | Promise<string | undefined>): Promise<void> {
    const hopeless = (): string | undefined => this.stage.trouble;
    await waitUntil(this.screen, { what, deadlineMs: PATIENCE_MS, missing, hopeless, signal: this.signal });
  }

  /** What was done in this act, by the ledger. */
  changes(): readonly HistoryEntry[] {
    return this.stage.history().slice(this.#shown);
  }

  records(): readonly CloudflareRecord[] {
    return this.stage.cloudflare.records(DEMO_ZONE);
  }

  /** What changed, why, and what Cloudflare holds now. */
  show(): void {
    this.showChanges();
    this.screen.blank();
    this.showRecords(this.changes());
  }

  showChanges(): void {
    this.screen.blank();
    changeList(this.screen, this.changes());
  }

  showRecords(changes: readonly HistoryEntry[] = []): void {
    const changed = new Set(changes.map(({ name, type }) => `${name} ${type}`));
    recordTable(this.screen, this.records(), this.stage.owner, changed);
  }

  showEvent(event: DemoEvent): void {
    eventLine(this.screen, event);
  }

  /** Ticks off every expectation. @returns whether all is as it must be */
  check(): boolean {
    const wrong = new Map(this.#wrong().map(({ expected, why }) => [expected, why]));
    const { screen } = this;
    for (const expected of this.#expected.values()) {
      const why = wrong.get(expected);
      screen.write(
        why === undefined
          ? `  ${screen.paint('green', '✓')} ${elide(expectedText(expected), screen.width - 4)}\n`
          : `  ${screen.paint('red', `✗ ${expectedText(expected)}: ${why}`)}\n`,
      );
    }
    const strange = this.records().filter(({ name, type }) => !this.#expected.has(`${name} ${type}`));
    screen.write(
      strange.length === 0
        ? `  ${screen.paint('green', '✓')} nothing else is in the zone\n`
        : `  ${screen.paint('red', `✗ nobody asked for ${strange.map(({ name, type }) => `${name} ${type}`).join(', ')}`)}\n`,
    );
    return wrong.size === 0 && strange.length === 0;
  }

  #wrong(): { readonly expected: Expected; readonly why: string }[] {
    const records = this.records();
    return [...this.#expected.values()].flatMap((expected) => {
      const why = wrongWith(expected, records, this.stage.owner);
      return why === undefined ? [] : [{ expected, why }];
    });
  }
}
