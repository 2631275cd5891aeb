import { afterEach, describe, expect, test } from 'vitest';
import type { DoctorFinding } from '../../src/cli/doctor-finding.ts';
import { doctor } from '../../src/cli/doctor.ts';
import { examineClock } from '../../src/cli/doctor-clock.ts';
import { TOKEN_LINK } from '../../src/cli/doctor-cloudflare.ts';
import { HOME, Scene, type SceneOptions, TOKEN } from '../process/scene.ts';
import { runCommand } from './captured-context.ts';

let open: Scene | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function scene(options: SceneOptions = {}): Promise<Scene> {
  open = await Scene.open(options);
  return open;
}

async function examined(at: Scene, more: Readonly<Record<string, string>> = {}) {
  const { code, out } = await runCommand(doctor, ['doctor', '--output', 'json'], at.settings(more));
  const findings = JSON.parse(out) as DoctorFinding[];
  const bad = findings.filter(({ state }) => state === 'bad').map(({ what }) => what);
  return { code, findings, bad, all: findings.map(({ what }) => what) };
}

describe('doctor', () => {
  test('finds all well beside a running controller, and says what is proved', async () => {
    const at = await scene({ zones: ['example.com', { name: 'example.org', recordQuota: 200 }] });
    at.route('app');
    await at.run();
    await at.expectAt('app.example.com', [`A ${HOME}`]);
    at.cloudflare.clearCalls();
    const { code, bad, all, findings } = await examined(at);
    expect({ code, bad }).toEqual({ code: 0, bad: [] });
    expect(all).toContainEqual(
      expect.stringMatching(/^zone example\.com: its records can be read \(1\); a write was taken at/),
    );
    expect(all).toContainEqual(
      expect.stringMatching(/^zone example\.org: .* unproven until the first write$/),
    );
    expect(all).toContainEqual('zone example.org has 0 of 200 records that its plan allows');
    expect(all).toContainEqual(expect.stringMatching(/HTTPRoute .* is served in v1/));
    expect(all).toContainEqual(expect.stringMatching(/^we may list httproutes, watch httproutes/));
    expect(all).toContain('a controller runs on this ledger');
    expect(findings.filter(({ topic }) => topic === 'clock')).toMatchObject([{ state: 'ok' }]);
    expect(at.writes).toEqual([]);
    expect((await at.command(['doctor'])).stdout.split('\n').at(-2)).toBe('all is well');
  });

  test('ListenerSets that are not served, and backends that may not be read, keep nothing from working', async () => {
    const at = await scene();
    at.kubernetes.serve('ListenerSet', []);
    at.kubernetes.forbid({ verb: 'watch', resource: 'endpointslices' });
    const { bad, findings } = await examined(at);
    expect(bad).toEqual([]);
    const notes = findings.filter(({ state, topic }) => state === 'note' && topic === 'kubernetes');
    expect(notes).toMatchObject([
      { what: expect.stringContaining('ListenerSet (gateway.networking.k8s.io) is not served') },
      {
        what: 'we may not watch endpointslices: without it routeflare/require-ready cannot be judged',
        mend: expect.stringContaining('rbac.readBackends'),
      },
    ]);
  });

  test('names each thing that is wrong, with its mend', async () => {
    const at = await scene({
      zones: [
        { name: 'example.com', recordQuota: 1 },
        { name: 'example.org', status: 'pending' },
      ],
    });
    at.cloudflare.create('example.com', { name: 'a.example.com', type: 'A', content: HOME });
    at.kubernetes.forbid({ verb: 'watch', resource: 'gateways' });
    at.kubernetes.forbid({ verb: 'patch', resource: 'events' });
    at.kubernetes.forbid({ verb: 'update', resource: 'leases' });
    at.kubernetes.serve('HTTPRoute', ['v1beta1']);
    at.kubernetes.serve('TLSRoute', []);
    const { code, findings, bad } = await examined(at, { ZONES: 'example.com,example.org,example.net' });
    expect(code).toBe(1);
    expect(bad).toEqual([
      expect.stringMatching(/example\.net, which the token does not see/),
      'zone example.com has 1 of 1 records that its plan allows',
      expect.stringMatching(/HTTPRoute .* is served in v1beta1, and not in v1/),
      'we may not watch gateways',
    ]);
    expect(findings.filter(({ state, mend }) => state === 'bad' && mend === '')).toEqual([]);
    const notes = findings.filter(({ state }) => state === 'note').map(({ what }) => what);
    expect(notes).toContainEqual(expect.stringMatching(/example\.org has status "pending"/));
    expect(notes).toContainEqual(expect.stringMatching(/TLSRoute .* is not served/));
    expect(notes).toContainEqual(expect.stringMatching(/we may not patch events/));
    expect(notes).toContainEqual(expect.stringMatching(/we may not update leases in default/));
  });

  test('of a refused token says how to make one, and never the token', async () => {
    const at = await scene();
    at.cloudflare.revokeToken(TOKEN);
    const { code, findings } = await examined(at);
    expect(code).toBe(1);
    const [found] = findings.filter(({ topic }) => topic === 'cloudflare');
    expect(found).toMatchObject({ state: 'bad', mend: expect.stringContaining(TOKEN_LINK) });
  });

  test('of a cluster that does not answer says so, and goes on', async () => {
    const at = await scene();
    await at.kubernetes.stop();
    const { code, findings, bad } = await examined(at);
    expect(code).toBe(1);
    expect(bad).toEqual([expect.stringMatching(/^the API server .* does not answer/)]);
    expect(findings.map(({ topic }) => topic)).toContain('egress');
  });

  test('of a damaged ledger says which file', async () => {
    const at = await scene();
    at.editLedger('CREATE TABLE other (a)');
    const { code, bad } = await examined(at);
    expect(code).toBe(1);
    expect(bad).toEqual([expect.stringContaining(at.ledgerPath)]);
  });
});

test('a clock that differs is told with its seconds', async () => {
  const at = await scene();
  const url = new URL(at.cloudflare.url);
  expect(await examineClock(url, Date.now)).toMatchObject({ state: 'ok' });
  const late = await examineClock(url, () => Date.now() - 90_000);
  expect(late).toMatchObject({ state: 'bad', what: expect.stringMatching(/ (89|9[01]) s behind/) });
  await at.cloudflare.close();
  expect(await examineClock(url, Date.now)).toMatchObject({ state: 'note' });
});

test('the link for a token asks for the two rights that are needed, over the zones to be chosen', () => {
  const { origin, pathname, searchParams } = new URL(TOKEN_LINK);
  expect(`${origin}${pathname}`).toBe('https://dash.cloudflare.com/profile/api-tokens');
  expect(JSON.parse(searchParams.get('permissionGroupKeys') ?? '')).toEqual([
    { key: 'zone', type: 'read' },
    { key: 'dns', type: 'edit' },
  ]);
});
