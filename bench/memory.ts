import { usageOf, type Usage } from './process-usage.ts';
import { Program, scratch } from './program.ts';
import { Sandbox } from './sandbox.ts';
import { against, figure, type Table } from './table.ts';

const AIMS: Readonly<Record<number, { readonly resident: number; readonly anonymous: number }>> = {
  100: { resident: 80, anonymous: 30 },
  10_000: { resident: 130, anonymous: 70 },
};

/** Memory and CPU of a program with nothing to do. */
export async function memory(bundle: string, quick: boolean): Promise<readonly Table[]> {
  const rows: (readonly string[])[] = [];
  for (const hosts of quick ? [100] : [100, 10_000]) rows.push(...(await memoryAt(bundle, hosts, quick)));
  return [
    {
      title: 'Memory and CPU when idle',
      how: "MiB by the kernel's count (`VmRSS`, `RssAnon`, `VmHWM` of /proc/PID/status), with `--max-semi-space-size=1` as in the image, 25 s after the last call (the program itself collects once when it comes to rest); about 45 MiB of what is resident is the mapped program of Node itself. CPU is the share of one core over the next 10 s.",
      columns: ['case', 'resident', 'aim', 'anonymous', 'aim', 'peak resident', 'CPU %'],
      rows,
    },
  ];
}

async function memoryAt(
  bundle: string,
  hosts: number,
  quick: boolean,
): Promise<readonly (readonly string[])[]> {
  using directory = scratch();
  await using sandbox = await Sandbox.start();
  await sandbox.call('addRoutes', 0, hosts);
  const run = async (): Promise<Usage> => {
    await using program = await Program.start({ bundle, places: sandbox.places, directory: directory.path });
    await sandbox.settled(hosts);
    return await usageOf(program.pid, quick ? 1_000 : 25_000, quick ? 2_000 : 10_000);
  };
  return [
    rowOf(`${figure(hosts)} routes, after creating all`, hosts, await run()),
    rowOf(`${figure(hosts)} routes, after a restart`, hosts, await run()),
  ];
}

function rowOf(what: string, hosts: number, usage: Usage): readonly string[] {
  const { residentMiB, anonymousMiB, peakMiB, cpuPercent } = usage;
  const { resident, anonymous } = AIMS[hosts] ?? { resident: 0, anonymous: 0 };
  return [
    what,
    figure(Math.round(residentMiB)),
    against(residentMiB, resident),
    figure(Math.round(anonymousMiB)),
    against(anonymousMiB, anonymous),
    figure(Math.round(peakMiB)),
    cpuPercent.toFixed(1),
  ];
}
