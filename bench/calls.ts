import type { CallCounts } from './call-counts.ts';
import { addressOf } from './manifests.ts';
import { Program, scratch } from './program.ts';
import { Sandbox } from './sandbox.ts';
import { figure, type Table } from './table.ts';

/** What the design allows; a part that is not named is zero. */
interface Aim {
  readonly zoneLists?: number;
  readonly recordPages?: number;
  readonly reads?: number;
  readonly batches?: number;
  readonly writes: number;
}

interface Counted {
  readonly what: string;
  readonly counts: CallCounts;
  readonly aim: Aim;
}

const PAGE = 5_000;
const BATCH = 200;
const ZONES = 3;
const IDLE_MS = 5_000;

/** Counts calls, case by case, on one program after another over the same two sandboxes. */
export async function calls(bundle: string, quick: boolean): Promise<readonly Table[]> {
  const counted: Counted[] = [];
  for (const hosts of quick ? [0, 100] : [0, 100, 1_000, 10_000]) {
    counted.push(...(await startsWith(bundle, hosts)));
  }
  counted.push(...(await changesAt(bundle, quick ? 100 : 1_000)));
  counted.push(...(await driftAt(bundle, quick ? 100 : 10_000)));
  return [
    {
      title: 'Calls',
      how: `Requests to Cloudflare, counted where they arrive, until nothing was called for 0.7 s. Three zones are visible; one has the hosts. Pages of ${figure(PAGE)} records, batches of ${BATCH}, one host a route. \`aim\` is lists of zones + pages + reads + batches (writes); \`Kubernetes\` is list pages + watches + other requests to the API server, without Events, which follow at a pace of their own.`,
      columns: ['case', 'zone lists', 'record pages', 'reads', 'batches', 'writes', 'aim', 'Kubernetes'],
      rows: counted.map(rowOf),
    },
  ];
}

async function startsWith(bundle: string, hosts: number): Promise<readonly Counted[]> {
  using directory = scratch();
  using lost = scratch();
  await using sandbox = await Sandbox.start();
  await sandbox.call('addRoutes', 0, hosts);
  const run = async (path: string): Promise<CallCounts> => {
    await sandbox.call('takeCalls');
    await using _program = await Program.start({ bundle, places: sandbox.places, directory: path });
    await sandbox.settled(hosts);
    return await sandbox.call('takeCalls');
  };
  const text = `${figure(hosts)} hosts`;
  const full = ZONES - 1 + Math.max(1, Math.ceil(hosts / PAGE));
  const cold = { zoneLists: 1, recordPages: ZONES, batches: Math.ceil(hosts / BATCH), writes: hosts };
  const warm = { zoneLists: 1, recordPages: full, writes: 0 };
  return [
    { what: `first start, ${text}`, counts: await run(directory.path), aim: cold },
    { what: `restart, ${text}`, counts: await run(directory.path), aim: warm },
    { what: `start without the ledger, ${text}`, counts: await run(lost.path), aim: warm },
  ];
}

async function changesAt(bundle: string, hosts: number): Promise<readonly Counted[]> {
  using directory = scratch();
  await using sandbox = await Sandbox.start();
  await sandbox.call('addRoutes', 0, hosts);
  await using _program = await Program.start({ bundle, places: sandbox.places, directory: directory.path });
  await sandbox.settled(hosts);
  const counted: Counted[] = [];
  let records = hosts;
  const count = async (
    what: string,
    change: () => Promise<unknown>,
    more: number,
    aim: Aim,
  ): Promise<void> => {
    await sandbox.call('takeCalls');
    await change();
    records += more;
    await sandbox.settled(records);
    counted.push({ what, counts: await sandbox.call('takeCalls'), aim });
  };
  const one = { reads: 1, batches: 1, writes: 1 };
  await count('one new host', () => sandbox.call('addRoutes', hosts, 1), 1, one);
  await count('one changed address', () => sandbox.call('setContent', 1, addressOf(50_001)), 0, {
    batches: 1,
    writes: 1,
  });
  // One operation of the batch takes the A away, the other brings the CNAME.
  await count('one change of type', () => sandbox.call('setContent', 3, 'elsewhere.example.org'), 0, {
    ...one,
    writes: 2,
  });
  await count('one deleted route', () => sandbox.call('deleteRoute', 5), -1, one);
  const moved = Math.ceil((hosts + 1) / 2);
  await count(
    `gateway's address changed, ${figure(moved)} hosts follow it`,
    () => sandbox.call('moveGateway', '198.51.100.2'),
    0,
    { batches: Math.ceil(moved / BATCH), writes: moved },
  );
  await count(`${figure(hosts)} new hosts at once`, () => sandbox.call('addRoutes', 20_000, hosts), hosts, {
    recordPages: 1,
    batches: Math.ceil(hosts / BATCH),
    writes: hosts,
  });
  await count(
    `nothing, for ${IDLE_MS / 1000} s`,
    () => new Promise((resolve) => setTimeout(resolve, IDLE_MS)),
    0,
    {
      writes: 0,
    },
  );
  return counted;
}

async function driftAt(bundle: string, hosts: number): Promise<readonly Counted[]> {
  using directory = scratch();
  await using sandbox = await Sandbox.start();
  await sandbox.call('addRoutes', 0, hosts);
  {
    await using _first = await Program.start({ bundle, places: sandbox.places, directory: directory.path });
    await sandbox.settled(hosts);
  }
  const at = new Date(Date.now() + 15_000);
  const schedule = `${at.getUTCSeconds()} ${at.getUTCMinutes()} ${at.getUTCHours()} * * *`;
  await using _program = await Program.start({
    bundle,
    places: sandbox.places,
    directory: directory.path,
    env: { DRIFT_SCHEDULE: schedule },
  });
  await sandbox.settled(hosts);
  await sandbox.call('takeCalls');
  // Its jitter is at most 20 s.
  await new Promise((resolve) => setTimeout(resolve, at.getTime() - Date.now() + 22_000));
  await sandbox.settled(hosts);
  const counts = await sandbox.call('takeCalls');
  const aim = { zoneLists: 1, recordPages: Math.ceil(hosts / PAGE), writes: 0 };
  return [{ what: `drift check, nothing drifted, ${figure(hosts)} hosts`, counts, aim }];
}

function rowOf({ what, counts, aim }: Counted): readonly string[] {
  const { zoneLists, recordPages, nameReads, idReads, batches, writes, others } = counts;
  const reads = nameReads + idReads + others;
  const seen = [zoneLists, recordPages, reads, batches, writes];
  const wanted = [aim.zoneLists ?? 0, aim.recordPages ?? 0, aim.reads ?? 0, aim.batches ?? 0, aim.writes];
  const missed = seen.some((value, index) => value > (wanted[index] ?? 0));
  const text = `${wanted.slice(0, -1).map(figure).join('+')} (${figure(aim.writes)})`;
  const { kubernetesPages, kubernetesWatches, kubernetesOthers } = counts;
  const cluster = [kubernetesPages, kubernetesWatches, kubernetesOthers];
  return [what, ...seen.map(figure), missed ? `${text} MISSED` : text, cluster.map(figure).join('+')];
}
