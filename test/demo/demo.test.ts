import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DemoProcess, recordRows } from './demo-process.ts';

const LONG = { timeout: 120_000 };
const EXAMPLES = resolve(import.meta.dirname, '../../examples');

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'demo-manifests-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

describe('the story', () => {
  let demo: DemoProcess;
  let code: number | null;
  beforeAll(async () => {
    demo = new DemoProcess();
    code = await demo.ended;
  }, 120_000);
  afterAll(() => demo[Symbol.asyncDispose]());

  test('ends with the records as they must be, every expectation ticked', () => {
    const end = demo.after('7 ');
    expect(recordRows(end)).toEqual([
      'example.com MX mail.example.com no auto nobody',
      'blog.example.com A 192.0.2.80 no 300 nobody',
      '*.dev.example.com A 203.0.113.10 no auto ours → web/dev',
      '*.dev.example.com AAAA 2001:db8::10 no auto ours → web/dev',
      'nas.example.com A 198.51.100.86 no 60 ours → home/vpn',
      'shop.example.com A 203.0.113.10 no auto ours → web/shop',
      'vpn.example.com A 198.51.100.86 no 60 ours → home/vpn',
      expect.stringMatching(/^wiki\.example\.com CNAME c1744f8b\S*\.com yes auto ours → home\/wiki$/),
      'www.example.com A 203.0.113.10 no auto ours → web/shop',
    ]);
    expect(end.match(/^ {2}✓ /gm)).toHaveLength(11);
    expect(end).not.toContain('✗');
    expect(demo.err).toBe('');
    expect(code).toBe(0);
    expect(demo.leftovers()).toEqual([]);
  });

  test('shows in each act what was done', () => {
    const acts = demo.out.split(/^(?=\d {2})/m);
    expect(acts).toHaveLength(8);
    const [, annotated, moved, edited, stranger, wrong, killed] = acts;
    expect(annotated?.match(/^ {2}\+ {2}\S+ +(?:A|AAAA|CNAME) /gm)).toHaveLength(8);
    expect(moved?.match(/^ {2}~ {2}\S+ +A +198\.51\.100\.7 → 198\.51\.100\.86$/gm)).toHaveLength(3);
    expect(moved).toContain('3 records, one call to Cloudflare.');
    expect(edited).toMatch(/^ {2}~ {2}shop\.example\.com +A +192\.0\.2\.66 → 203\.0\.113\.10$/m);
    expect(edited).toMatch(/^ {2}\+ {2}wiki\.example\.com +CNAME /m);
    expect(stranger).toMatch(/^ {2}Warning {2}RecordConflict {2}HTTPRoute\/web\/blog$/m);
    expect(wrong).toMatch(/^ {2}Warning {2}InvalidAnnotation {2}HTTPRoute\/web\/shop$/m);
    expect(wrong).toContain('"yes"');
    expect(killed).toMatch(/^ {2}- {2}photos\.example\.com +A +198\.51\.100\.86/m);
  });

  test('fits a terminal of 80 columns, and has no colours where there is none', () => {
    expect(demo.out).not.toContain('\u001B');
    expect(demo.out.split('\n').filter((line) => Array.from(line).length > 80)).toEqual([]);
  });

  test('ends at a signal, and leaves no files', LONG, async () => {
    await using stopped = new DemoProcess();
    await stopped.shows(/^1 /m);
    stopped.signal('SIGINT');
    expect(await stopped.ended).toBe(1);
    expect(stopped.err).toBe('routeflare: the demo was stopped\n');
    expect(stopped.leftovers()).toEqual([]);
  });
});

describe('manifests of a person', () => {
  test('of all modes are published, a Gateway standing in for the one they name', LONG, async () => {
    const names = ['ddns', 'gateway-address', 'static-tunnel'];
    await using demo = new DemoProcess(...names.map((name) => join(EXAMPLES, `${name}.yaml`)));
    const code = await demo.ended;

    expect(demo.out).toContain('Gateway gateways/public is not in the files');
    expect(recordRows(demo.after('4 '))).toEqual([
      'app.example.com A 203.0.113.10 no 300 ours → web/app',
      'app.example.com AAAA 2001:db8::10 no 300 ours → web/app',
      expect.stringMatching(/ A 203\.0\.113\.10 no 300 ours → web\/app$/),
      expect.stringMatching(/ AAAA 2001:db8::10 no 300 ours → web\/app$/),
      'photos.example.com A 198.51.100.7 yes auto ours → home/photos',
      expect.stringMatching(/^wiki\.example\.com CNAME 0000\S+ yes auto ours → home\/wiki$/),
    ]);
    expect(demo.after('1 ')).toContain('6 to create, 0 to change, 0 to delete, 0 problems');
    expect(code).toBe(0);
    expect(demo.leftovers()).toEqual([]);
  });

  test('of kinds that the demo does not watch are named', LONG, async () => {
    const ingress = (name: string, annotations: string) =>
      `---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: ${name}, namespace: home${annotations}}\nspec: {}\n`;
    const both = ingress('shop', ', annotations: {routeflare/content-mode: ddns}') + ingress('plain', '');
    await using demo = new DemoProcess(join(EXAMPLES, 'ddns.yaml'), file('ingress.yaml', both));
    expect(await demo.ended).toBe(0);
    const said = demo.out.replaceAll('\n', ' ');
    expect(said).toContain(
      'Left out, since the demo watches routes alone, whatever SOURCES is: Ingress home/shop',
    );
    expect(said).not.toContain('home/plain');
  });

  test(
    'that are broken end it with their places, all at once, before anything is started',
    LONG,
    async () => {
      const broken = file('broken.yaml', 'kind: HTTPRoute\nmetadata: {name: x\n');
      const unquoted = file(
        'unquoted.yaml',
        readFileSync(join(EXAMPLES, 'ddns.yaml'), 'utf8').replace('"true"', 'true'),
      );
      const missing = join(directory, 'missing.yaml');
      await using demo = new DemoProcess(broken, unquoted, missing);
      expect(await demo.ended).toBe(1);
      expect(demo.out).toBe('');
      const lines = demo.err.trimEnd().split('\n');
      expect(lines).toEqual([
        expect.stringMatching(/^routeflare: \S+broken\.yaml: .* at line \d+, column \d+$/),
        expect.stringMatching(
          /^routeflare: \S+unquoted\.yaml: HTTPRoute home\/photos: the annotation routeflare\/proxied .*quotes$/,
        ),
        expect.stringMatching(/^routeflare: \S+missing\.yaml: there is no such file$/),
      ]);
    },
  );

  test('that the API server would refuse end it with its words', LONG, async () => {
    const route = readFileSync(join(EXAMPLES, 'ddns.yaml'), 'utf8');
    await using demo = new DemoProcess(file('refused.yaml', route.replace('name: photos', 'name: Photos_1')));
    expect(await demo.ended).toBe(1);
    expect(demo.err).toContain('HTTPRoute home/Photos_1 was refused by the API server: ');
    expect(demo.leftovers()).toEqual([]);
  });
});

describe('--keep', () => {
  test('stays up for a route that is applied afterwards, and ends with Ctrl-C', LONG, async () => {
    await using demo = new DemoProcess('--keep', join(EXAMPLES, 'static-tunnel.yaml'));
    const [, kubeconfig = ''] = await demo.shows(/--kubeconfig (\S+) apply/);
    const [, pages = ''] = await demo.shows(/curl -s (\S+)\/readyz/);
    await demo.shows(/as they come:\n/);
    expect((await fetch(`${pages}/readyz`)).status).toBe(200);

    const server = /server: (\S+)/.exec(readFileSync(kubeconfig, 'utf8'))?.[1] ?? '';
    const answer = await fetch(`${server}/apis/gateway.networking.k8s.io/v1/namespaces/home/httproutes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'HTTPRoute',
        metadata: { name: 'late', annotations: { 'routeflare/content-mode': 'gateway-address' } },
        spec: {
          parentRefs: [{ name: 'tunnel', namespace: 'gateways' }],
          hostnames: ['late.example.com'],
        },
      }),
    });
    expect(answer.status).toBe(201);
    await demo.shows(/^ {2}\+ {2}late\.example\.com +A +203\.0\.113\.10$/m);

    demo.signal('SIGINT');
    expect(await demo.ended).toBe(0);
    await expect(fetch(`${pages}/readyz`)).rejects.toThrow();
    expect(demo.leftovers()).toEqual([]);
  });
});
