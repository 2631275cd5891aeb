import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pathOf, read } from './chart-files.ts';

const dockerfile = read('Dockerfile');

/** The Dockerfile's step that lays out the image's own files, with `/out` moved to `out`. */
function layoutScript(out: string): string {
  const script = /^RUN (set -eu;[\s\S]*?)\n\n/m.exec(dockerfile)?.[1];
  if (script === undefined) throw new Error('the Dockerfile has no layout step');
  return script.replaceAll('/out', out);
}

/** The fields of the final stage's last instruction of one name. */
function finalInstruction(name: string): string | undefined {
  const stage = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
  return new RegExp(`^${name} (.*)$`, 'm').exec(stage)?.[1];
}

describe('the image', () => {
  let source: string;
  let out: string;

  beforeEach(() => {
    const dir = mkdtempSync(join(tmpdir(), 'routeflare-image-'));
    source = join(dir, 'src');
    out = join(dir, 'out');
    mkdirSync(join(source, 'dist/migrations'), { recursive: true });
    symlinkSync(pathOf('node_modules'), join(source, 'node_modules'));
    writeFileSync(join(source, 'LICENSE'), '');
    writeFileSync(join(source, 'dist/migrations/0001.sql'), '');
    writeFileSync(
      join(source, 'dist/routeflare.mjs'),
      "import Database from 'better-sqlite3';\nconst db = new Database(':memory:');\nconsole.log(process.argv[2], db.prepare('select 6 * 7').pluck().get());\n",
    );
  });
  afterEach(() => {
    rmSync(join(source, '..'), { recursive: true, force: true });
  });

  function layOut(env: Record<string, string>): void {
    execFileSync('sh', ['-c', layoutScript(out)], {
      cwd: source,
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: 'pipe',
    });
  }

  test('opens a database with the few files of better-sqlite3 that it carries', () => {
    layOut({ LIBC: process.platform, TARGETARCH: process.arch === 'x64' ? 'amd64' : process.arch });
    const answer = execFileSync(process.execPath, [join(out, 'app/routeflare.mjs'), 'run'], {
      encoding: 'utf8',
    });
    expect(answer.trim()).toBe('run 42');
    expect(readdirSync(join(out, 'app/node_modules'))).toEqual(['better-sqlite3']);
    expect(readdirSync(join(out, 'app/node_modules/better-sqlite3')).toSorted()).toEqual([
      'LICENSE',
      'lib',
      'package.json',
      'prebuilds',
    ]);
    expect(readdirSync(join(out, 'app/migrations'))).toEqual(['0001.sql']);
  });

  test.each([
    ['amd64', 'linux-x64.node'],
    ['arm64', 'linux-arm64.node'],
  ])('carries one SQLite binary, that of %s', (arch, binary) => {
    layOut({ LIBC: 'linux', TARGETARCH: arch });
    expect(readdirSync(join(out, 'app/node_modules/better-sqlite3/prebuilds'))).toEqual([binary]);
  });

  test('is refused for a processor that has no SQLite binary', () => {
    expect(() => layOut({ LIBC: 'linux', TARGETARCH: 'riscv64' })).toThrow(/amd64 or arm64/);
  });

  test('has a command of the program’s name for kubectl exec', () => {
    layOut({ LIBC: 'linux', TARGETARCH: 'amd64' });
    expect(statSync(join(out, 'usr/local/bin/routeflare')).mode & 0o777).toBe(0o755);
  });

  test('runs the bundle as nobody, with the ledger on a volume', () => {
    expect(finalInstruction('USER')).toBe('65534:65534');
    expect(finalInstruction('VOLUME')).toBe('/data');
    expect(JSON.parse(finalInstruction('ENTRYPOINT') ?? '')).toEqual([
      'node',
      '--max-semi-space-size=1',
      '/app/routeflare.mjs',
    ]);
    expect(JSON.parse(finalInstruction('CMD') ?? '')).toEqual(['run']);
    expect(dockerfile).toContain('LEDGER_PATH=/data/routeflare.db');
  });

  test('is built from nothing that the context leaves out', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = [...dockerfile.matchAll(/^COPY (?!--)(.*)$/gm)].flatMap((line) =>
      (line[1] ?? '').split(' ').slice(0, -1),
    );
    expect(copied.toSorted()).toEqual(allowed.toSorted());
  });
});
