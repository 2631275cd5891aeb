import type { DdnsSettings } from '../config/sections.ts';
import { findingsOf, type DoctorFinding } from './doctor-finding.ts';
import { oneRound } from './probe.ts';

const { ok, note, bad } = findingsOf('egress');

/**
 * Asks the voters once, and names whom it asked. A family without an address is bad only where records of ours are
 * taken from it.
 */
export async function examineEgress(
  settings: DdnsSettings,
  used: ReadonlySet<4 | 6>,
): Promise<readonly DoctorFinding[]> {
  const states = await oneRound(settings);
  return states.flatMap((state) => {
    const { family, votes, status } = state;
    const hosts = [...new Set(votes.map(({ operator }) => operator))];
    const asked = note(
      `IPv${family}: the address is asked of ${hosts.join(', ')}, only while a source uses ddns`,
      `to leave one out, set DDNS_IPV${family}_VOTERS to the URLs that are to be asked (docs/settings.md)`,
    );
    if (state.status === 'confirmed') return [ok(`IPv${family}: ${state.address} is confirmed`), asked];
    const why = 'why' in state ? `: ${state.why}` : '';
    const what = `IPv${family}: ${status}${why}`;
    const mend = 'routeflare probe shows every vote';
    return [used.has(family) ? bad(what, mend) : note(`${what}; no record of ours needs it`, mend), asked];
  });
}
