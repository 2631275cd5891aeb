import { Program, scratch } from './program.ts';
import { quantile } from './quantile.ts';
import { Sandbox } from './sandbox.ts';
import { against, figure, type Table } from './table.ts';

const P50_MS = 100;
const P99_MS = 500;

/** From a change in the cluster to the write's arrival. */
export async function latency(bundle: string, quick: boolean): Promise<readonly Table[]> {
  const sizes = quick ? [100] : [1_000, 10_000];
  const rows: (readonly string[])[] = [];
  for (const hosts of sizes) {
    rows.push(...(await latencyAt(bundle, hosts, quick ? 20 : hosts > 1_000 ? 50 : 200)));
  }
  return [
    {
      title: 'From watch event to write',
      how: `Milliseconds from the change of an object in the API server to the arrival at Cloudflare of the batch that follows from it, debounce, ledger and TLS included, and for a new host the read that goes before; single changes (\`samples\`), each after the one before had ended. Cloudflare's own time to answer is not in it: the sandbox answers in a millisecond or two.`,
      columns: ['case', 'samples', 'p50', 'aim', 'p99', 'aim', 'longest'],
      rows,
    },
  ];
}

async function latencyAt(
  bundle: string,
  hosts: number,
  samples: number,
): Promise<readonly (readonly string[])[]> {
  using directory = scratch();
  await using sandbox = await Sandbox.start();
  await sandbox.call('addRoutes', 0, hosts);
  await using _program = await Program.start({ bundle, places: sandbox.places, directory: directory.path });
  await sandbox.settled(hosts);
  // The first passes run in code that is not compiled yet.
  await sandbox.call('latencies', 'update', 1, 10);
  const update = await sandbox.call('latencies', 'update', 21, samples);
  const create = await sandbox.call('latencies', 'create', 30_001, samples);
  return [
    rowOf(`changed address, ${figure(hosts)} routes`, hosts, update),
    rowOf(`new host, ${figure(hosts)} routes`, hosts, create),
  ];
}

function rowOf(what: string, hosts: number, samples: readonly number[]): readonly string[] {
  const [p50 = 0, p99 = 0, longest = 0] = [0.5, 0.99, 1].map((share) => quantile(samples, share));
  const aim = (value: number, most: number): string => (hosts <= 1_000 ? against(value, most) : 'none');
  return [
    what,
    figure(samples.length),
    figure(p50),
    aim(p50, P50_MS),
    figure(p99),
    aim(p99, P99_MS),
    figure(longest),
  ];
}
