import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../simulation/random.ts';
import { ageIntents, readBooks, unaccounted, untold, type Books } from './books.ts';
import { chooseDoom, Passage } from './doom.ts';
import { notConverged, strangersTouched } from './ending.ts';
import type { Figures } from './figures.ts';
import { Judge } from './judge.ts';
import { People } from './people.ts';
import { Program, type Env } from './program.ts';
import { Tap, type Treatment } from './tap.ts';
import { TOKEN, World } from './world.ts';

export interface LifeOptions {
  readonly bundle: string;
  readonly seed: number;
  readonly rounds: number;
  readonly figures: Figures;
}

const OWNER = 'cellar';
/** Another installation, with an owner and a ledger of its own, that watches the same cluster and is never killed. */
const RIVAL = 'shed';
const RIVAL_SHARE = 0.25;
/** A request that never comes kills nobody: then time does, so long after the first one. */
const LONGEST_ROUND_MS = 8_000;
const LONGEST_START_MS = 20_000;
const CONVERGED_WITHIN_MS = 90_000;

/**
 * One ledger from its first start on: killed and started again while the world changes, then left in peace, where
 * everything must be as wanted.
 */
export class Life {
  readonly story: string[] = [];
  readonly #options: LifeOptions;
  readonly #random: Random;
  readonly #dir = mkdtempSync(join(tmpdir(), 'routeflare-crash-'));
  readonly #world: World;
  readonly #judge: Judge;
  readonly #people: People;
  #tap: Tap | undefined;
  #program: Program | undefined;
  #rival: Program | undefined;
  #treat: (request: { readonly write: boolean }) => Treatment = () => ({ kind: 'pass' });
  #books: Books | undefined;

  private constructor(options: LifeOptions, random: Random, world: World) {
    this.#options = options;
    this.#random = random;
    this.#world = world;
    this.#judge = new Judge({
      owner: OWNER,
      cluster: () => world.cluster,
      recordsOf: (zone) => world.cloudflare.records(zone),
      adopts: (name) => world.adopts(name),
    });
    this.#people = new People(random, world.cloudflare);
    writeFileSync(join(this.#dir, 'kubeconfig'), world.kubernetes.kubeconfig());
  }

  /** Answers what was broken, with the story of how; nothing where all went well. */
  static async live(options: LifeOptions): Promise<readonly string[]> {
    const random = new Random(options.seed);
    const hasRival = random.chance(RIVAL_SHARE);
    await using world = await World.open(random, !hasRival);
    const life = new Life(options, random, world);
    try {
      if (hasRival) life.#startRival();
      const broken = await life.#live();
      if (broken.length === 0) return [];
      const named = new Set(broken.flatMap((line) => line.match(/\b[a-z]\d\.example\.(?:com|net)\b/g) ?? []));
      const concerns = (line: string) => named.size === 0 || [...named].some((name) => line.includes(name));
      const ledger = life.#books?.history.map((entry) => JSON.stringify(entry)).filter(concerns) ?? [];
      return [...broken, `how it came (seed ${options.seed}):`, ...life.story, 'in the history:', ...ledger];
    } finally {
      for (const program of [life.#program, life.#rival]) {
        program?.kill();
        await program?.ended();
      }
      await life.#tap?.[Symbol.asyncDispose]();
      rmSync(life.#dir, { recursive: true, force: true });
    }
  }

  get #ledgerPath(): string {
    return join(this.#dir, 'ledger.db');
  }

  async #live(): Promise<readonly string[]> {
    this.#tap = await Tap.start({
      target: new URL(this.#world.cloudflare.url),
      judge: this.#judge,
      treat: (request) => this.#treat(request),
      kill: () => this.#program?.kill(),
      landed: () => {
        this.#judge.doublesMayBe = true;
        this.#tell('a request of a dead process takes effect');
      },
    });
    let turning = true;
    const world = this.#turn(() => turning);
    try {
      for (let round = 1; round <= this.#options.rounds; round += 1) {
        this.#tell(`round ${round}`);
        await this.#round();
        if (this.#judge.broken.length > 0) return this.#judge.broken;
      }
    } finally {
      turning = false;
      await world;
    }
    return this.#end();
  }

  /** The world does not wait for the program: not for its start, nor for its end. */
  async #turn(turning: () => boolean): Promise<void> {
    while (turning()) {
      await sleep(this.#random.between(10, 90));
      const done = this.#random.chance(0.65) ? this.#world.turn() : this.#people.act();
      if (done !== '') this.#tell(done);
      this.#options.figures.add('changes of the world');
    }
  }

  async #round(): Promise<void> {
    const doom = chooseDoom(this.#random, this.#books === undefined);
    this.#tell(`to die: ${JSON.stringify(doom)}`);
    const passage = new Passage(doom, this.#random, (write, treatment) => this.#mishap(write, treatment));
    this.#treat = (request) => passage.treat(request);
    this.#judge.begins();
    const program = this.#start();
    const dead = new AbortController();
    const death = program.ended().then(() => dead.abort());
    const rest = (ms: number) => sleep(ms, undefined, { signal: dead.signal }).catch(() => {});
    if (doom.kind !== 'time' || doom.from !== 'start')
      await Promise.race([passage.firstRequest, rest(LONGEST_START_MS)]);
    if (doom.kind === 'time' && doom.from === 'first write')
      await Promise.race([passage.firstWrite, rest(LONGEST_ROUND_MS)]);
    await rest(doom.kind === 'time' ? doom.ms : LONGEST_ROUND_MS);
    const byTime = doom.kind === 'time' || !dead.signal.aborted;
    if (program.endedByItself) this.#break(`it ended by itself: ${program.output.slice(-1_500)}`);
    if (program.alive) program.kill();
    await death;
    const place = doom.kind === 'time' ? '' : `at a ${doom.writes ? 'write' : 'request'}, ${doom.phase}`;
    this.#options.figures.add(`kills ${byTime ? 'by time' : place}`);
    this.#inspect(program);
  }

  /** What the dead process left. */
  #inspect(program: Program): void {
    const { figures } = this.#options;
    this.#readOutput(program);
    const before = this.#books;
    const books = readBooks(this.#ledgerPath);
    for (const flaw of books?.damage ?? []) this.#break(`the ledger is damaged: ${flaw}`);
    if (books === undefined) {
      figures.add('kills before the ledger had a schema');
      if (before !== undefined) this.#break('the ledger is gone');
      return;
    }
    figures.add('ledgers found sound after a kill');
    if (books.history.length < (before?.history.length ?? 0)) this.#break('the history lost rows');
    if (books.intents.length > 0) figures.add('kills that left writes begun');
    const { lastBatch } = this.#judge;
    const silent = lastBatch === undefined ? [] : untold(lastBatch, before?.history ?? [], books);
    for (const what of silent) this.#break(`sent without an intent in the ledger: ${what}`);
    for (const row of books.records) if (row.state === 'released') this.#judge.released.add(row.record_id);
    this.#books = books;
  }

  /** No kill any more, no change, nothing refused: it must come to rest at what is wanted. */
  async #end(): Promise<readonly string[]> {
    await this.#tap?.nothingLate();
    this.#world.calm();
    this.#treat = () => ({ kind: 'pass' });
    if (this.#books !== undefined) ageIntents(this.#ledgerPath);
    this.#judge.begins();
    for (const [key, { contents }] of this.#world.wanted())
      this.#tell(`in the end ${key} ${[...contents].join(' or ')} is wanted`);
    // Drift checks come when they are asked for: one each second would be no rest on a busy machine.
    const program = this.#start({ DRIFT_SCHEDULE: '0 0 1 1 *' });
    await program.ready();
    const flaws = await this.#converge(program);
    for (const flaw of flaws) this.#break(flaw);
    this.#judge.doublesMayBe = false;
    const writes = this.#judge.effects.length;
    await program.check();
    if (flaws.length === 0 && this.#judge.effects.length !== writes)
      this.#break('it goes on writing at rest');
    const code = await program.stop();
    if (code !== 0) this.#break(`SIGTERM ended it with ${String(code)}`);
    this.#inspect(program);
    const { figures } = this.#options;
    figures.add('ledgers at rest');
    figures.add('writes that took effect', this.#judge.effects.length);
    if (this.#books !== undefined)
      for (const flaw of unaccounted(this.#judge.effects, this.#books)) this.#break(flaw);
    if (this.#rival?.endedByItself === true)
      this.#break(`the rival ended: ${this.#rival.output.slice(-1_500)}`);
    if (this.#rival !== undefined) figures.add('ledgers at rest beside a rival');
    for (const flaw of strangersTouched(this.#world, this.#people, this.#judge)) this.#break(flaw);
    figures.add("strangers' records compared", this.#people.strangers.size);
    for (const name of readdirSync(this.#dir)) {
      if (!name.startsWith('ledger') || name.endsWith('.sock')) continue;
      if (readFileSync(join(this.#dir, name), 'latin1').includes(TOKEN))
        this.#break(`the token is in ${name}`);
    }
    return this.#judge.broken;
  }

  async #converge(program: Program): Promise<readonly string[]> {
    const deadline = performance.now() + CONVERGED_WITHIN_MS;
    for (;;) {
      await program.check();
      const flaws = notConverged(this.#world, this.#judge, readBooks(this.#ledgerPath));
      if (flaws.length === 0 || performance.now() > deadline || !program.alive) return flaws;
      await sleep(50);
    }
  }

  #startRival(): void {
    this.#tell('a rival runs');
    this.#rival = new Program(
      this.#options.bundle,
      this.#env({
        CLOUDFLARE_BASE_URL: this.#world.cloudflare.url,
        LEDGER_PATH: join(this.#dir, 'rival.db'),
        RECORD_OWNER_ID: RIVAL,
      }),
      this.#dir,
    );
  }

  #start(more: Env = {}): Program {
    this.#program = new Program(this.#options.bundle, this.#env(more), this.#dir);
    this.#options.figures.add('starts');
    return this.#program;
  }

  #env(more: Env): Env {
    return {
      KUBECONFIG: join(this.#dir, 'kubeconfig'),
      CLOUDFLARE_BASE_URL: this.#tap?.url ?? '',
      CLOUDFLARE_API_TOKEN: TOKEN,
      LEDGER_PATH: this.#ledgerPath,
      RECORD_OWNER_ID: OWNER,
      // A container restarted in its Pod: a new Pod would wait for the Lease of the dead one, longer than a round.
      POD_UID: 'the-pod-of-the-life',
      HTTP_ADDRESS: '127.0.0.1:0',
      DELETE_DELAY: '60ms',
      MAX_DELETES: 'off',
      DRIFT_SCHEDULE: '* * * * * *',
      DDNS_SCHEDULE: '* * * * * *',
      DDNS_CONFIRM_DELAY: '100ms',
      DDNS_IPV4_VOTERS: this.#world.echo.voters('ipv4').join(),
      DDNS_IPV6_VOTERS: this.#world.echo.voters('ipv6').join(),
      ...more,
    };
  }

  #mishap(write: boolean, treatment: Treatment): void {
    this.#options.figures.add(`${write ? 'writes' : 'reads'}: ${treatment.kind}`);
    this.#tell(`${write ? 'a write' : 'a read'} meets: ${JSON.stringify(treatment)}`);
  }

  #readOutput({ output }: Program): void {
    if (output.includes(TOKEN)) this.#break('the token is in the log');
    const faults = output.split('\n').filter((line) => /fault of the program|moved aside/.test(line));
    for (const fault of faults) this.#break(fault);
  }

  #break(what: string): void {
    this.#judge.broken.push(what);
  }

  #tell(what: string): void {
    this.story.push(what);
  }
}
