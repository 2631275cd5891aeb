import { parseArgs } from 'node:util';
import { SimDisk } from './disk.ts';
import { EGRESS } from './names.ts';
import { print } from './print.ts';
import { Stage } from './stage.ts';

const ZONES = 20;
const ROUTES = 10_000;
const STORM = 1_000;
const BATCH = 200;
/** Both families of each route. */
const RECORDS = ROUTES * 2;
/** The fewest batches that can write all records of all zones. */
const FEWEST = ZONES * Math.ceil(RECORDS / ZONES / BATCH);
/** A list of each zone, and one of all zones: at the start, or by a drift check. */
const LISTS = ZONES + 1;
/** A watch tells of a change so long after it. */
const WATCH_MS = 50;
/**
 * Changes are gathered until there are none for 20 ms, and for a quarter of a second at most: those of a whole second are
 * looked at four times, and each look is one batch a zone at most.
 */
const LOOKS = 4;
/** Renumberings to and fro, so that what grows by the write is seen. */
const ROUNDS = 3;
const DAYS = 30;
const DAY_MINUTES = 24 * 60;
const MEGABYTE = 1024 * 1024;
/** What the heap may grow by from the second day to the last. */
const GROWTH_MB = 4;
/** And over some 40,000 writes: what is kept of each would have to be smaller than this makes it. */
const WRITES_GROWTH_MB = 4;

const { values } = parseArgs({ options: { only: { type: 'string' } } });
let broken = 0;

function expect(what: string, isSo: boolean): void {
  print(`${isSo ? 'ok    ' : 'BROKEN'}  ${what}`);
  if (!isSo) broken += 1;
}

/** Megabytes in use once all that can go is gone. */
function heapMb(): number {
  if (globalThis.gc === undefined) throw new Error('run node with --expose-gc');
  for (let round = 0; round < 3; round += 1) globalThis.gc();
  return process.memoryUsage().heapUsed / MEGABYTE;
}

const nameOf = (index: number): string => `app-${index}.zone-${index % ZONES}.example`;

async function many(disk: SimDisk): Promise<void> {
  const settings = { isJudged: false, clusterPageSize: 100 };
  await Stage.play(disk, settings, async (stage) => {
    const { clock, cloudflare, cluster, coverage } = stage.lab;
    cloudflare.zones.clear();
    for (let index = 0; index < ZONES; index += 1)
      cloudflare.zones.set(`z${index}`, { id: `z${index}`, name: `zone-${index}.example`, status: 'active' });
    cluster.latencyMs = WATCH_MS;
    stage.gateway('192.0.2.1', '2001:db8::1');
    for (let index = 0; index < ROUTES; index += 1)
      stage.route(`shop/r${index}`, nameOf(index), { type: 'A/AAAA' });
    const step = async (what: string, fewest: number, isDone: () => boolean, most = fewest) => {
      const { writes, calls } = stage;
      const begun = performance.now();
      await stage.minutes(2);
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      const batches = stage.writes - writes;
      expect(`${what}: done`, isDone());
      const range = most === fewest ? `${fewest} expected` : `${fewest} to ${most} expected`;
      expect(
        `${what}: ${batches} batches, ${range}; ${seconds} s of this machine`,
        batches >= fewest && batches <= most,
      );
      const reads = stage.calls - calls - batches;
      expect(`${what}: ${reads} reads, at most a list of each zone`, reads <= LISTS);
    };
    const records = () => [...cloudflare.records.values()].map(({ record }) => record);
    const all = (content: string) => () =>
      records().filter((record) => record.content === content).length === ROUTES;
    const hasTtl = (ttl: number) => () => records().filter((each) => each.ttl === ttl).length === STORM * 2;
    const edit = (index: number, ttl: string): void =>
      stage.route(`shop/r${index}`, nameOf(index), { type: 'A/AAAA', ttl });
    await step(`${RECORDS} records created`, FEWEST, all('192.0.2.1'));
    for (let index = 0; index < STORM; index += 1) edit(index, '300');
    await step(`${STORM} edits at once`, ZONES, hasTtl(300));
    for (let index = 0; index < STORM; index += 1)
      clock.after(index * (1000 / STORM), () => edit(index, '600'));
    let early = 0;
    clock.after(900, () => (early = records().filter((each) => each.ttl === 600).length));
    await step(`${STORM} edits in a second`, ZONES, hasTtl(600), ZONES * LOOKS);
    expect(`${early} records were written while the edits went on`, early > 0);
    const heaps: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const host = 1 + (round % 2);
      stage.gateway(`192.0.2.${host}`, `2001:db8::${host}`);
      await step(`Gateway renumbered, every record changes (${round})`, FEWEST, all(`192.0.2.${host}`));
      heaps.push(heapMb());
    }
    const [first = 0, last = 0] = [heaps[0], heaps.at(-1)];
    expect(
      `heap ${first.toFixed(1)} MB after the first renumbering, ${last.toFixed(1)} MB after the last, world included`,
      last - first < WRITES_GROWTH_MB,
    );
    const { writes } = stage;
    await stage.minutes(6);
    expect('a drift check later nothing more was written', stage.writes === writes);
    expect('no call was refused for its rate', !coverage.counts.has('fault: over the rate quota'));
    expect('routes all stand', cluster.truth.routes.size === ROUTES);
  });
}

async function soak(disk: SimDisk): Promise<void> {
  await Stage.play(disk, {}, async (stage) => {
    const { lines, coverage } = stage.lab;
    stage.route('web/home', 'home.example.com', { 'content-mode': 'ddns', type: 'A/AAAA' });
    let early = 0;
    for (let day = 1; day <= DAYS; day += 1) {
      for (let part = 0; part < 24; part += 1) {
        stage.route(
          `shop/r${part % 8}`,
          `shop-${part % 8}.example.com`,
          part % 2 === 0 ? {} : { ttl: '300' },
        );
        if (part % 8 === 7) stage.takeAway('shop').slice(0, 4);
        if (part % 6 === 5) lines.become(4, EGRESS[4][(part + day) % 2]);
        await stage.minutes(DAY_MINUTES / 24);
      }
      if (day === 2) early = heapMb();
    }
    const late = heapMb();
    expect(`${DAYS} days, ${stage.calls} calls, ${stage.writes} batches`, stage.calls > 10_000);
    expect(
      `heap ${early.toFixed(1)} MB on day 2, ${late.toFixed(1)} MB on day ${DAYS}`,
      late - early < GROWTH_MB,
    );
    const [home] = [...stage.names(true)].filter((line) => line.startsWith('A home.'));
    expect(`the egress address stands: ${home}`, home === `A home.example.com ${lines.address[4]}`);
    expect('no call was refused for its rate', !coverage.counts.has('fault: over the rate quota'));
  });
}

const disk = new SimDisk();
try {
  if (values.only !== 'soak') await many(disk);
  if (values.only !== 'many') await soak(disk);
} finally {
  disk.remove();
}
process.exitCode = broken === 0 ? 0 : 1;
