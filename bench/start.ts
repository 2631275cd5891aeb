import { Program, scratch } from './program.ts';
import { quantile } from './quantile.ts';
import { Sandbox } from './sandbox.ts';
import { against, figure, type Table } from './table.ts';

const AIM_MS = 400;

/** From the start of the process to ready. */
export async function start(bundle: string, quick: boolean): Promise<readonly Table[]> {
  const runs = quick ? 3 : 15;
  const rows: (readonly string[])[] = [];
  for (const hosts of quick ? [100] : [100, 1_000, 10_000]) rows.push(await startAt(bundle, hosts, runs));
  return [
    {
      title: 'Start to ready',
      how: `Milliseconds from the start of the process to the first 200 of /readyz (asked every 3 ms), with a ledger and all records in place; ${runs} starts each.`,
      columns: ['case', 'p50', 'aim', 'shortest', 'longest'],
      rows,
    },
  ];
}

async function startAt(bundle: string, hosts: number, runs: number): Promise<readonly string[]> {
  using directory = scratch();
  await using sandbox = await Sandbox.start();
  await sandbox.call('addRoutes', 0, hosts);
  const once = async (): Promise<number> => {
    await using program = await Program.start({ bundle, places: sandbox.places, directory: directory.path });
    await sandbox.settled(hosts);
    return program.readyMs;
  };
  await once();
  const taken: number[] = [];
  for (let run = 0; run < runs; run += 1) taken.push(await once());
  const [p50 = 0, least = 0, most = 0] = [0.5, 0, 1].map((share) => quantile(taken, share));
  return [
    `${figure(hosts)} routes`,
    figure(p50),
    hosts <= 100 ? against(p50, AIM_MS) : 'none',
    figure(least),
    figure(most),
  ];
}
