import type { Cloudflare } from '../cloudflare/cloudflare.ts';
import type { ApiProblem } from '../domain/write.ts';
import type { Zone } from '../domain/zone.ts';
import { findingsOf, type DoctorFinding } from './doctor-finding.ts';

const { ok, note, bad } = findingsOf('cloudflare');

/**
 * Opens the form for a new token with both rights filled in; the zones are chosen there.
 * https://developers.cloudflare.com/fundamentals/api/how-to/account-owned-token-template/
 */
export const TOKEN_LINK = `https://dash.cloudflare.com/profile/api-tokens?${new URLSearchParams({
  permissionGroupKeys: JSON.stringify([
    { key: 'zone', type: 'read' },
    { key: 'dns', type: 'edit' },
  ]),
  accountId: '*',
  zoneId: 'all',
  name: 'routeflare',
}).toString()}`;

/** Share of a zone's record limit from which it is worth saying. */
const NEARLY_FULL = 0.9;

/**
 * What the token may do, zone by zone. Reading is proved by reading; writing only by the first write, which the
 * ledger knows of. Cloudflare's own check of a token refuses those that an account owns, so it is not asked.
 */
export async function examineCloudflare(
  cloudflare: Pick<Cloudflare, 'zones' | 'listZone' | 'usage'>,
  wanted: readonly string[] | undefined,
  written: ReadonlyMap<string, string>,
): Promise<readonly DoctorFinding[]> {
  const answer = await cloudflare.zones();
  if (!answer.ok) return [refused('the zones cannot be listed', answer.problem)];
  const zones = answer.value.filter(
    (zone) => wanted === undefined || wanted.includes(zone.id) || wanted.includes(zone.name),
  );
  const missing = (wanted ?? []).filter(
    (each) => !zones.some(({ id, name }) => id === each || name === each),
  );
  const findings = missing.map((each) =>
    bad(`ZONES names ${each}, which the token does not see`, `give the token that zone: ${TOKEN_LINK}`),
  );
  if (answer.value.length === 0) {
    findings.push(bad('the token sees no zone', `make one that covers your zones: ${TOKEN_LINK}`));
  }
  for (const zone of zones) findings.push(...(await examineZone(cloudflare, zone, written.get(zone.name))));
  return findings;
}

async function examineZone(
  cloudflare: Pick<Cloudflare, 'listZone' | 'usage'>,
  zone: Zone,
  written: string | undefined,
): Promise<readonly DoctorFinding[]> {
  const findings: DoctorFinding[] = [];
  if (zone.status !== 'active') {
    findings.push(
      note(
        `zone ${zone.name} has status "${zone.status}": its records answer nobody`,
        'point the name servers of the domain to Cloudflare',
      ),
    );
  }
  const listed = await cloudflare.listZone(zone);
  if (!listed.ok) return [...findings, refused(`the records of ${zone.name} cannot be read`, listed.problem)];
  const write =
    written === undefined
      ? 'the right to write is unproven until the first write'
      : `a write was taken at ${written}`;
  findings.push(ok(`zone ${zone.name}: its records can be read (${listed.value.length}); ${write}`));
  const usage = await cloudflare.usage(zone);
  if (!usage.ok) {
    findings.push(
      note(`Cloudflare does not tell the record limit of ${zone.name}: ${usage.problem.message}`),
    );
  } else if (usage.value.allowed !== undefined) {
    const { used, allowed } = usage.value;
    const text = `zone ${zone.name} has ${used} of ${allowed} records that its plan allows`;
    if (used >= allowed) findings.push(bad(text, 'delete records there, or change the plan'));
    else findings.push(used >= allowed * NEARLY_FULL ? note(text, 'delete records there') : ok(text));
  }
  return findings;
}

function refused(what: string, problem: ApiProblem): DoctorFinding {
  const isToken = problem.kind === 'token-refused' || problem.kind === 'forbidden';
  return bad(
    `${what}: ${problem.message}`,
    isToken
      ? `make a token with Zone:Read and DNS:Edit for your zones: ${TOKEN_LINK}`
      : 'look at the network, and at cloudflarestatus.com',
  );
}
