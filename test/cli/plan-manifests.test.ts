import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readManifestFiles } from '../../src/cli/plan-manifest-files.ts';
import { plan } from '../../src/cli/plan.ts';
import type { PlanLine } from '../../src/plan/describe.ts';
import { SandboxCloudflare } from '../../src/sandbox/sandbox-cloudflare.ts';
import { runCommand } from './captured-context.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plan-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const GATEWAY = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: home, namespace: infra, annotations: {routeflare/content-mode: gateway-address}}
spec:
  addresses: [{value: 203.0.113.10}]
  listeners:
    - {name: web, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}
    - {name: own, port: 81, protocol: HTTP}
`;

function route(name: string, more = '', section = 'web'): string {
  return `---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: ${name}, namespace: web${more}}
spec:
  hostnames: [${name}.example.com]
  parentRefs: [{name: home, namespace: infra, sectionName: ${section}}]
`;
}

async function planned(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const ran = await runCommand(plan, ['plan', '--output', 'json', ...argv], env);
  const lines = ran.out === '' ? [] : (JSON.parse(ran.out) as PlanLine[]);
  const brief = lines.map(({ sign, name, type, from, to }) => `${sign} ${name} ${type} ${from} > ${to}`);
  return { ...ran, lines, brief };
}

describe('without a token', () => {
  test('shows what would be published, by the addresses of the spec, and says what it assumes', async () => {
    write('gateway.yaml', GATEWAY);
    write('apps/a.yml', route('a'));
    write('apps/values.yaml', 'replicas: 1\n');
    write('apps/.hidden.yaml', route('hidden'));
    write('apps/readme.md', '# {{');
    const { brief, err, code } = await planned(['-f', folder, '--detailed-exitcode']);
    expect(brief).toEqual(['+ a.example.com A  > 203.0.113.10']);
    expect(err).toContain('note: Gateway infra/home: gets the addresses of its spec, 203.0.113.10');
    expect(err).toContain('note: Gateway infra/home: accepts every route that its listeners allow');
    expect(err).toContain('for want of a token');
    expect(code).toBe(2);
  });

  test('breaks its notes at 80 characters into a pipe, too', async () => {
    const { out } = await runCommand(plan, ['plan', '-f', write('all.yaml', GATEWAY + route('a'))]);
    const notes = out.slice(out.indexOf('note: ')).split('\n');
    expect(notes.filter((line) => line.length > 80)).toEqual([]);
    expect(notes.join(' ').replaceAll(/ +/g, ' ')).toContain('gets the addresses of its spec, 203.0.113.10');
  });

  test('a gateway without an address leaves its routes waiting, which is no change', async () => {
    const path = write('all.yaml', GATEWAY.replace(/ {2}addresses.*\n/, '') + route('a'));
    const { lines, code } = await planned(['-f', path, '--detailed-exitcode']);
    expect(lines).toMatchObject([
      { sign: '!', name: 'a.example.com', reason: expect.stringContaining('lists no address') },
    ]);
    expect(code).toBe(0);
  });

  test('a listener that does not let a route in gives it nothing', async () => {
    const path = write('all.yaml', GATEWAY + route('a', '', 'own'));
    const { lines } = await planned(['-f', path]);
    expect(lines).toMatchObject([
      {
        sign: '!',
        reason: expect.stringMatching(/listener own .* does not allow routes from namespace web/),
      },
    ]);
  });

  test('a gateway that is not in the files is not known', async () => {
    const { lines } = await planned([
      '-f',
      write('a.yaml', route('a', ', annotations: {routeflare/content-mode: gateway-address}')),
    ]);
    expect(lines).toMatchObject([
      { sign: '!', reason: expect.stringContaining('only those in the given files') },
    ]);
  });

  test('other kinds count only in what they ask for', async () => {
    const service = (name: string, annotations: string) =>
      `---\n{apiVersion: v1, kind: Service, metadata: {name: ${name}, annotations: {${annotations}}}}\n`;
    const path = write(
      'all.yaml',
      service('plain', '') + service('asking', 'routeflare/content-mode: static'),
    );
    const { lines, err } = await planned(['-f', path]);
    expect(lines).toEqual([]);
    expect(err).toContain(`${path}:4: Service default/asking carries routeflare/ annotations`);
    expect(err).not.toContain('plain');
  });
});

describe('compared with Cloudflare', () => {
  let cloudflare: SandboxCloudflare;
  let env: Readonly<Record<string, string>>;
  beforeEach(async () => {
    const token = 'kX7sQ2vB9nTokenOfTheSandboxOnly4dZ1mR8wH';
    cloudflare = await SandboxCloudflare.start({ token, zones: [{ name: 'example.com' }] });
    env = { CLOUDFLARE_API_TOKEN: token, CLOUDFLARE_BASE_URL: cloudflare.url };
  });
  afterEach(() => cloudflare[Symbol.asyncDispose]());

  const comment = (name: string, owner = 'routeflare-1a2b3c4d') =>
    `record-owner-id=${owner} 1a2b3c4d:HTTPRoute/web/${name}`;
  const stands = (name: string, content: string, words: string) =>
    cloudflare.create('example.com', { name: `${name}.example.com`, type: 'A', content, comment: words });

  test('tells what is new, changed, somebody else’s and the same, and deletes nothing that is not in the files', async () => {
    stands('same', '203.0.113.10', comment('same'));
    stands('moved', '203.0.113.9', comment('moved'));
    stands('gone', '203.0.113.10', comment('gone'));
    stands('foreign', '203.0.113.10', 'mine');
    const before = cloudflare.records('example.com');
    const path = write(
      'all.yaml',
      GATEWAY + ['same', 'moved', 'new', 'foreign'].map((name) => route(name)).join(''),
    );
    const { brief, lines, code, err } = await planned(['-f', path, '--detailed-exitcode'], env);
    expect(brief.slice(0, 2).sort()).toEqual([
      '+ new.example.com A  > 203.0.113.10',
      '~ moved.example.com A 203.0.113.9 > 203.0.113.10',
    ]);
    expect(lines.slice(2)).toMatchObject([
      { sign: '!', name: 'foreign.example.com', reason: expect.stringContaining('RecordConflict') },
    ]);
    expect(code).toBe(2);
    expect(err).toContain('records marked routeflare-1a2b3c4d are of this cluster');
    expect(cloudflare.records('example.com')).toEqual(before);
    expect(cloudflare.calls.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test('a hostname taken off a route leaves its record, since the files may not be all', async () => {
    stands('old', '203.0.113.10', comment('a'));
    stands('a', '203.0.113.10', comment('a'));
    const { lines, code } = await planned(
      ['-f', write('all.yaml', GATEWAY + route('a')), '--detailed-exitcode'],
      env,
    );
    expect({ lines, code }).toEqual({ lines: [], code: 0 });
  });

  test('a name held by a route of another namespace that is not in the files stays with it', async () => {
    stands('mine', '203.0.113.10', comment('mine'));
    stands('a', '203.0.113.9', comment('x').replace('web/x', 'other/elsewhere'));
    const { lines } = await planned(['-f', write('all.yaml', GATEWAY + route('mine') + route('a'))], env);
    expect(lines).toMatchObject([{ sign: '!', name: 'a.example.com', source: 'HTTPRoute/web/a' }]);
    expect(lines[0]?.reason).toMatch(/^HostnameConflict: .*other\/elsewhere/);
  });

  test('a change of type is a deletion that a route in the files asks for', async () => {
    stands('a', '203.0.113.10', comment('a'));
    const path = write(
      'all.yaml',
      GATEWAY.replace('203.0.113.10', 'lb.example.net, type: Hostname') + route('a'),
    );
    const { brief } = await planned(['-f', path], env);
    expect(brief).toEqual(['- a.example.com A 203.0.113.10 > ', '+ a.example.com CNAME  > lb.example.net']);
  });

  test('records of another owner are left alone, also where RECORD_OWNER_ID says who we are', async () => {
    stands('a', '203.0.113.9', comment('a', 'other'));
    const path = write('all.yaml', GATEWAY + route('a'));
    const { lines } = await planned(['-f', path], { ...env, RECORD_OWNER_ID: 'mine' });
    expect(lines).toMatchObject([{ sign: '!', name: 'a.example.com' }]);
    expect(lines).toHaveLength(1);
  });

  test('a token that is refused is told, and fails', async () => {
    const path = write('all.yaml', GATEWAY + route('a'));
    const { code, out, err } = await planned(['-f', path], {
      ...env,
      CLOUDFLARE_API_TOKEN: 'zX7sQ2vB9nTokenOfTheSandboxOnly4dZ1mR8wH',
    });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^routeflare: the zones cannot be listed: /);
    expect(err).not.toContain('zX7s');
  });
});

describe('what cannot be read', () => {
  test.each([
    ['a: 1\nb: [', /^routeflare: FILE:2: .+\n$/],
    ['- 1', /^routeflare: FILE:1: it is no Kubernetes object: apiVersion or kind is missing\n$/],
    [
      `${GATEWAY}${route('a', ', annotations: {routeflare/proxied: true}')}`,
      /^routeflare: FILE:11: HTTPRoute web\/a: metadata.annotations: routeflare\/proxied is not text\n$/,
    ],
    [
      `${GATEWAY}${route('a').replace('[a.example.com]', 'a.example.com')}`,
      /FILE:11: HTTPRoute web\/a: spec.hostnames is not a list of texts/,
    ],
    [
      `${GATEWAY}${route('a').replace('name: a,', '')}`,
      /FILE:11: HTTPRoute: an object without metadata.name/,
    ],
  ])('is told with file and line, exit 1: %#', async (text, message) => {
    const path = write('x.yaml', text);
    const { code, out, err } = await planned(['-f', path]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err.replaceAll(path, 'FILE')).toMatch(message);
  });

  test('a file that is not there', async () => {
    const { code, err } = await planned(['-f', join(folder, 'none.yaml')]);
    expect({ code, err }).toEqual({
      code: 1,
      err: `routeflare: ${join(folder, 'none.yaml')}: there is no such file or directory\n`,
    });
  });
});

test('standard input is read for -, and Lists are taken apart with the line of each', async () => {
  const text =
    'kind: List\napiVersion: v1\nitems:\n- {apiVersion: v1, kind: A}\n- {apiVersion: v1, kind: B}\n---\n{apiVersion: v1, kind: C}\n';
  const found = await readManifestFiles(['-'], Readable.from([text]));
  expect(found.ok && found.value.map(({ place }) => place)).toEqual(['stdin:4', 'stdin:5', 'stdin:7']);
});

test.each([
  [['plan', 'routes.yaml'], 'manifests are given by -f'],
  [['plan', '--markdown', '--output', 'json', '-f', 'x.yaml'], 'only one can be written'],
])('%j is wrong', async (argv, message) => {
  const { code, err } = await runCommand(plan, argv);
  expect(code).toBe(1);
  expect(err).toContain(message);
});

test('files may follow one -f, as a shell writes them out', async () => {
  const { brief } = await planned(['-f', write('g.yaml', GATEWAY), write('a.yaml', route('a'))]);
  expect(brief).toHaveLength(1);
});

test('an object that is given twice counts once, and is told', async () => {
  const { brief, err } = await planned([
    '-f',
    write('g.yaml', GATEWAY),
    write('a.yaml', route('a')),
    write('b.yaml', route('a')),
  ]);
  expect(brief).toHaveLength(1);
  expect(err).toContain('HTTPRoute web/a is there twice');
});

test('as Markdown it is a comment with its marker and shortened addresses', async () => {
  const path = write(
    'all.yaml',
    GATEWAY + route('a') + route('b', ', annotations: {routeflare/ttl: "@all | <b>"}'),
  );
  const { out, code } = await runCommand(plan, ['plan', '-f', path, '--markdown']);
  expect(code).toBe(0);
  await expect(out).toMatchFileSnapshot('plan-markdown.golden');
  const whole = await runCommand(plan, ['plan', '-f', path, '--markdown', '--show-addresses']);
  expect(whole.out).toContain('`203.0.113.10`');
});
