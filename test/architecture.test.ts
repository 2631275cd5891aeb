import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const SRC = resolve(import.meta.dirname, '../src');

/** Who may import whom; `import type` counts. docs/architecture.md. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  desired: ['domain'],
  plan: ['domain'],
  apply: ['domain', 'plan'],
  controller: ['domain', 'desired', 'plan', 'apply'],
  kubernetes: ['domain'],
  cloudflare: ['domain'],
  ledger: ['domain'],
  ddns: ['domain'],
  telemetry: ['domain', 'plan', 'apply'],
  config: ['domain'],
  sandbox: [],
};
/** Rooms that wire others, and so may import all. */
const EVERYTHING = new Set(['cli', 'app', 'main.ts']);
/** Rooms without clock, randomness, input or output; these modules of Node's compute only. */
const PURE = new Set(['domain', 'desired', 'plan']);
const PURE_PACKAGES = new Set(['ipaddr.js', 'node:url']);

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
}

const imports: readonly Import[] = globSync('**/*.ts', { cwd: SRC }).flatMap((file) => {
  const text = readFileSync(join(SRC, file), 'utf8');
  const found = text.matchAll(
    /(?:^|\n)(?:import|export)[^'"`;]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g,
  );
  return [...found].map((match) => ({
    file,
    room: roomOf(file),
    target: match[1] ?? match[2] ?? match[3] ?? '',
  }));
});

function roomOf(file: string): string {
  return file.split('/')[0] ?? file;
}

function roomOfTarget({ file, target }: Import): string | undefined {
  if (!target.startsWith('.')) return undefined;
  return roomOf(relative(SRC, resolve(SRC, dirname(file), target)));
}

describe('the rooms of src', () => {
  test('are all in the table, and their imports were seen', () => {
    const rooms = new Set(globSync('**/*.ts', { cwd: SRC }).map(roomOf));
    expect([...rooms].filter((room) => !(room in MAY_IMPORT) && !EVERYTHING.has(room))).toEqual([]);
    expect(imports.length).toBeGreaterThan(200);
    for (const room of Object.keys(MAY_IMPORT)) {
      expect(
        imports.some((each) => each.room === room),
        `imports of ${room}`,
      ).toBe(true);
    }
  });

  test('import only what the table allows', () => {
    const wrong = imports.filter((each) => {
      const target = roomOfTarget(each);
      if (target === undefined || target === each.room || EVERYTHING.has(each.room)) return false;
      return MAY_IMPORT[each.room]?.includes(target) !== true;
    });
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  test('are one level deep', () => {
    const deep = globSync('*/*/**/*.ts', { cwd: SRC });
    expect(deep).toEqual([]);
  });

  test('that are pure import no package that is not', () => {
    const wrong = imports.filter(
      ({ room, target }) => PURE.has(room) && !target.startsWith('.') && !PURE_PACKAGES.has(target),
    );
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  test('take packages only from the dependencies, not from what development alone has', () => {
    const { dependencies } = JSON.parse(readFileSync(resolve(SRC, '../package.json'), 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    const packages = imports
      .filter(({ target }) => !/^(\.|node:)/.test(target))
      .map((each) => ({ ...each, name: /^(@[^/]+\/)?[^/]+/.exec(each.target)?.[0] ?? '' }));
    expect(packages.length).toBeGreaterThan(10);
    const wrong = packages.filter(({ name }) => !(name in dependencies));
    expect(wrong.map(({ file, name }) => `${file} imports ${name}`)).toEqual([]);
  });

  test('import telemetry only where the app is wired', () => {
    const wrong = imports.filter(
      (each) => roomOfTarget(each) === 'telemetry' && !['telemetry', 'app', 'cli'].includes(each.room),
    );
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  test('hold one idea a file: none is longer than 250 lines', () => {
    const long = globSync('**/*.ts', { cwd: SRC })
      .map((file) => ({ file, lines: readFileSync(join(SRC, file), 'utf8').split('\n').length - 1 }))
      .filter(({ lines }) => lines > 250);
    expect(long).toEqual([]);
  });
});
