import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { SETTING_NAMES } from '../../src/config/unknown-settings.ts';
import { HAPPENING_REASONS, PROBLEM_REASONS } from '../../src/domain/problem.ts';
import { Metrics } from '../../src/telemetry/metrics.ts';
import { CHART, pathOf, read, values, type Values } from './chart-files.ts';
import { violations, type JsonSchema } from './json-schema.ts';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  `${CHART}README.md`,
  ...readdirSync(pathOf('docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** The anchors of a page's headings, as code hosts make them. */
function anchors(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map((heading) => heading[1] ?? '');
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^a-z0-9 _-]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function blocks(page: string, language: string): string[] {
  return [...read(page).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    (block) => block[1] ?? '',
  );
}

describe('the pages', () => {
  test.each(pages)('%s links only to what is there', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map((link) => link[1] ?? '');
    const broken = links.filter((link) => {
      if (/^[a-z]+:/.test(link)) return false;
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? page : join(dirname(page), file);
      if (!existsSync(pathOf(target))) return true;
      return anchor !== undefined && !anchors(read(target)).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  test('troubleshooting has a section for each Event reason', () => {
    const sections = [...read('docs/troubleshooting.md').matchAll(/^### (\S+)$/gm)].map(
      (heading) => heading[1] ?? '',
    );
    expect(sections.toSorted()).toEqual([...HAPPENING_REASONS, ...PROBLEM_REASONS].toSorted());
  });

  test('settings has a row for each setting', () => {
    const rows = [...read('docs/settings.md').matchAll(/^\| `([A-Z][A-Z0-9_]+)` \|/gm)].map(
      (row) => row[1] ?? '',
    );
    expect(rows.toSorted()).toEqual(SETTING_NAMES.toSorted());
  });

  test('commands and the README have each command, and no other', () => {
    const names = COMMANDS.map((command) => command.name);
    const sections = [...read('docs/commands.md').matchAll(/^## (\S+)$/gm)].map(
      (heading) => heading[1] ?? '',
    );
    expect(sections).toEqual(names);
    const table = read('README.md').split('## Commands')[1]?.split('## Pages')[0] ?? '';
    const rows = [...table.matchAll(/^\| `([a-z]+)[^`]*` \|/gm)].map((row) => row[1] ?? '');
    expect(rows.toSorted()).toEqual(names.toSorted());
  });

  test.each(COMMANDS.map((command) => [command.name, command] as const))(
    'commands says all that %s takes',
    (name, command) => {
      const section = read('docs/commands.md').split(`\n## ${name}\n`)[1]?.split('\n## ')[0] ?? '';
      const options = [...section.matchAll(/`--([a-z-]+)/g)].map((option) => option[1] ?? '');
      expect(options.toSorted()).toEqual(Object.keys(command.options).toSorted());
    },
  );

  test('telemetry has a row for each metric', async () => {
    const text = await new Metrics().text();
    const served = [...text.matchAll(/^# TYPE (routeflare_\S+) (\S+)$/gm)].map(
      (line) => `${line[1]} ${line[2]}`,
    );
    const rows = [...read('docs/telemetry.md').matchAll(/^\| `(routeflare_\S+)` \| (\S+) \|/gm)].map(
      (row) => `${row[1]} ${row[2]}`,
    );
    expect(rows.toSorted()).toEqual(served.toSorted());
  });

  test('that the sources point to are there', () => {
    const sources = readdirSync(pathOf('src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    );
    const named = sources.flatMap((name) => read(`src/${name}`).match(/docs\/[\w/-]+\.md/g) ?? []);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((page) => !existsSync(pathOf(page)))).toEqual([]);
  });

  test('the ledger’s queries run on a ledger', () => {
    const database = new Database(':memory:');
    for (const file of readdirSync(pathOf('migrations')).toSorted()) {
      database.exec(read(`migrations/${file}`));
    }
    const queries = blocks('docs/ledger.md', 'sql');
    expect(queries.length).toBeGreaterThan(8);
    for (const query of queries) expect(database.prepare(query).all()).toEqual([]);
    database.close();
  });

  test.each(['README.md', 'docs/annotations.md', 'docs/ownership.md'])(
    '%s shows YAML that parses',
    (page) => {
      const errors = blocks(page, 'yaml').flatMap((text) =>
        parseAllDocuments(text).flatMap((all) => all.errors),
      );
      expect(errors).toEqual([]);
    },
  );
});

describe('the examples', () => {
  const files = readdirSync(pathOf('examples')).filter((name) => name.endsWith('.yaml'));
  const documents = (name: string): Values[] =>
    parseAllDocuments(read(`examples/${name}`)).map((document) => document.toJS() as Values);

  test.each(files.filter((name) => name.startsWith('values-')))('%s satisfies the chart', (name) => {
    const schema = JSON.parse(read(`${CHART}values.schema.json`)) as JsonSchema;
    expect(documents(name).flatMap((changes) => violations(schema, values(changes)))).toEqual([]);
  });

  test.each(files.filter((name) => !name.startsWith('values-')))(
    '%s annotates with keys that exist',
    (name) => {
      const known = new Set(
        read('docs/annotations.md')
          .matchAll(/`(routeflare\/[a-z-]+)`/g)
          .map((key) => key[1]),
      );
      const used = documents(name).flatMap((object) => {
        const { annotations = {} } = object['metadata'] as { annotations?: Record<string, string> };
        expect(Object.values(annotations).filter((value) => typeof value !== 'string')).toEqual([]);
        return Object.keys(annotations).filter((key) => key.startsWith('routeflare/'));
      });
      expect(used).toContain('routeflare/content-mode');
      expect(used.filter((key) => !known.has(key))).toEqual([]);
    },
  );
});
