import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Memory in MiB, as the kernel counts it for a container; CPU in percent of one core over the time watched. */
export interface Usage {
  readonly residentMiB: number;
  readonly anonymousMiB: number;
  /** The most that was ever resident. */
  readonly peakMiB: number;
  readonly cpuPercent: number;
}

/** Ticks a second in /proc/PID/stat: 100 on every Linux. */
const TICKS = 100;

/** Lets the process rest, then watches it do nothing. Linux only. */
export async function usageOf(pid: number, restMs: number, watchMs: number): Promise<Usage> {
  await sleep(restMs);
  const before = cpuSeconds(pid);
  const begun = performance.now();
  await sleep(watchMs);
  const seconds = (performance.now() - begun) / 1000;
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  const mebibytes = (key: string): number =>
    Number(new RegExp(String.raw`^${key}:\s+(\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024;
  return {
    residentMiB: mebibytes('VmRSS'),
    anonymousMiB: mebibytes('RssAnon'),
    peakMiB: mebibytes('VmHWM'),
    cpuPercent: (100 * (cpuSeconds(pid) - before)) / seconds,
  };
}

function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  // The second field is the command in brackets, which may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}
