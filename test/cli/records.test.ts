import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/cli/arguments.ts';
import { history } from '../../src/cli/history.ts';
import { ledger } from '../../src/cli/ledger.ts';
import { records } from '../../src/cli/records.ts';
import type { Claim } from '../../src/domain/claim.ts';
import type { Hostname } from '../../src/domain/hostname.ts';
import type { RecordData } from '../../src/domain/record.ts';
import { Ledger } from '../../src/ledger/ledger.ts';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { aClaim, anEntry, freshPath, openLedger, value } from '../ledger/fixture.ts';
import { runCommand } from './captured-context.ts';

const name = (text: string): Hostname => text as Hostname;

function data(more: Partial<RecordData>): RecordData {
  return {
    name: name('app.example.com'),
    type: 'A',
    content: '198.51.100.7',
    ttl: 'auto',
    proxied: false,
    ...more,
  };
}

/** A ledger as a controller leaves it, open for writing as if that controller still ran. */
function ledgerOf(claims: readonly Claim[]): string {
  const path = freshPath();
  const open = openLedger(path);
  value(
    open.write((writer) => {
      for (const claim of claims) writer.putClaim(claim);
      writer.appendHistory(
        anEntry({ after: data({ content: '198.51.100.6' }), reason: 'HTTPRoute asks for it' }),
      );
      writer.appendHistory(
        anEntry({
          at: '2026-03-02T12:00:00.000Z',
          action: 'update',
          before: data({ content: '198.51.100.6' }),
          after: data({}),
          reason: 'the address of Gateway/infra/public changed and this reason is long enough to be wrapped',
        }),
      );
      writer.appendHistory(
        anEntry({
          at: '2026-03-03T12:00:00.000Z',
          action: 'delete',
          name: 'old.example.com',
          before: data({ name: name('old.example.com') }),
          reason: 'its holder is gone',
          outcome: 'refused: not allowed',
        }),
      );
    }),
  );
  return path;
}

const CLAIMS: readonly Claim[] = [
  aClaim({
    recordId: 'r2',
    zoneId: 'z2',
    zoneName: 'other.example',
    name: name('www.other.example'),
    type: 'CNAME',
    content: 'app.example.com',
  }),
  aClaim({ recordId: 'r1', proxied: true }),
  aClaim({
    recordId: 'r3',
    name: name('a-very-long-hostname-of-some-service.staging.apps.example.com'),
    type: 'AAAA',
    content: '2001:db8:1234:5678:9abc:def0:1234:5678',
    holder: { kind: 'HTTPRoute', namespace: 'a-long-namespace-name', name: 'a-long-route-name' },
    state: 'pending',
    stateReason: 'the Gateway has no address',
  }),
  aClaim({ recordId: 'r4', name: name('left.example.com'), holder: undefined, state: 'left' }),
];

describe('routeflare records', () => {
  it('shows what is managed, beside a controller that runs', async () => {
    const ran = await runCommand(records, ['records'], { LEDGER_PATH: ledgerOf(CLAIMS), COLUMNS: '80' });
    expect(ran).toMatchObject({ code: 0, err: '' });
    await expect(ran.out).toMatchFileSnapshot('records.golden');
    for (const line of ran.out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('shortens nothing when asked', async () => {
    const { out } = await runCommand(records, ['records', '--wide'], { LEDGER_PATH: ledgerOf(CLAIMS) });
    for (const claim of CLAIMS) expect(out).toMatch(new RegExp(`^${claim.name} `, 'm'));
  });

  it('works without a token, whatever the other settings are', async () => {
    const env = { LEDGER_PATH: ledgerOf([]), CLOUDFLARE_API_TOKEN: '"bad"', STRATEGY: 'nonsense' };
    expect(await runCommand(records, ['records'], env)).toMatchObject({ code: 0, out: 'no records\n' });
  });

  it.each([
    [['--zone', 'Other.Example.'], ['r2']],
    [['--namespace', 'a-long-namespace-name'], ['r3']],
    [
      ['-n', 'default'],
      ['r1', 'r2'],
    ],
    [['--state', 'LEFT'], ['r4']],
    [['--state', 'active', '--zone', 'example.com'], ['r1']],
    [['--zone', 'ample.com'], []],
  ])('filters by %j', async (filter, ids) => {
    const argv = ['records', ...filter, '--output', 'json'];
    const { out } = await runCommand(records, argv, { LEDGER_PATH: ledgerOf(CLAIMS) });
    const found = (JSON.parse(out) as { recordId: string }[]).map(({ recordId }) => recordId);
    expect(found.toSorted()).toEqual(ids);
  });

  it('gives programs every field', async () => {
    const argv = ['records', '--output', 'json', '--state', 'pending'];
    const { out } = await runCommand(records, argv, { LEDGER_PATH: ledgerOf(CLAIMS) });
    expect(JSON.parse(out)).toEqual([
      {
        zone: 'example.com',
        zoneId: 'z1',
        name: 'a-very-long-hostname-of-some-service.staging.apps.example.com',
        type: 'AAAA',
        content: '2001:db8:1234:5678:9abc:def0:1234:5678',
        ttl: 'auto',
        proxied: false,
        recordId: 'r3',
        holder: { kind: 'HTTPRoute', namespace: 'a-long-namespace-name', name: 'a-long-route-name' },
        contentMode: 'gateway-address',
        state: 'pending',
        stateReason: 'the Gateway has no address',
        adopted: false,
        createdAt: '2026-03-01T12:00:00.000Z',
        updatedAt: '2026-03-01T12:00:00.000Z',
        verifiedAt: null,
      },
    ]);
  });

  it('refuses a state or zone that cannot be', async () => {
    const env = { LEDGER_PATH: ledgerOf([]) };
    expect(parseArguments(['records', '--state', 'gone'])).toMatchObject({
      kind: 'wrong',
      message: expect.stringContaining('--state cannot be "gone": one of active, pending'),
    });
    expect(await runCommand(records, ['records', '--zone', 'a..b'], env)).toMatchObject({ code: 1 });
  });

  it('says what is wrong with the ledger, and makes none', async () => {
    const path = freshPath();
    const ran = await runCommand(records, ['records'], { LEDGER_PATH: path });
    expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringContaining(path) });
    expect(existsSync(path)).toBe(false);
    expect(await runCommand(records, ['records'], { LEDGER_PATH: ':memory:' })).toMatchObject({
      code: 1,
      err: expect.stringContaining('LEDGER_PATH: ":memory:" is not allowed'),
    });
  });
});

describe('routeflare history', () => {
  it('gives what changed a line of its own where it does not fit, and cuts nothing out of it', async () => {
    const path = ledgerOf([]);
    const narrow = await runCommand(history, ['history', '--limit', '2'], {
      LEDGER_PATH: path,
      COLUMNS: '60',
    });
    expect(narrow.out).toContain('\n    198.51.100.6 -> 198.51.100.7\n');
    for (const line of narrow.out.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
  });

  it('shows every change, the newest last, with its reason', async () => {
    const ran = await runCommand(history, ['history'], { LEDGER_PATH: ledgerOf([]), COLUMNS: '80' });
    expect(ran).toMatchObject({ code: 0, err: '' });
    await expect(ran.out).toMatchFileSnapshot('history.golden');
    for (const line of ran.out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('takes a name as people write it, and a limit', async () => {
    const env = { LEDGER_PATH: ledgerOf([]) };
    const actions = async (...argv: string[]) => {
      const { out } = await runCommand(history, ['history', '--output', 'json', ...argv], env);
      return (JSON.parse(out) as { action: string }[]).map(({ action }) => action);
    };
    expect(await actions('App.Example.com.')).toEqual(['create', 'update']);
    expect(await actions('--limit', '1')).toEqual(['delete']);
    expect(await actions('--limit', '0')).toEqual(['create', 'update', 'delete']);
    expect(await actions('nobody.example.com')).toEqual([]);
  });

  it('gives programs both sides of a change', async () => {
    const argv = ['history', '--output', 'json', '--limit', '1'];
    const { out } = await runCommand(history, argv, { LEDGER_PATH: ledgerOf([]) });
    expect(JSON.parse(out)).toEqual([
      {
        at: '2026-03-03T12:00:00.000Z',
        action: 'delete',
        zone: 'example.com',
        name: 'old.example.com',
        type: 'A',
        before: { name: 'old.example.com', type: 'A', content: '198.51.100.7', ttl: 'auto', proxied: false },
        after: null,
        reason: 'its holder is gone',
        holder: 'HTTPRoute/default/app',
        outcome: 'refused: not allowed',
      },
    ]);
  });

  it('refuses what is no name and no number', async () => {
    const env = { LEDGER_PATH: ledgerOf([]) };
    expect(await runCommand(history, ['history', 'a..b'], env)).toMatchObject({ code: 1 });
    expect(await runCommand(history, ['history', '--limit', 'many'], env)).toMatchObject({ code: 1 });
  });
});

describe('routeflare ledger backup', () => {
  const recordsOf = (path: string): string[] => {
    const copy = value(Ledger.open({ path, mode: 'read-only' }));
    try {
      return copy.read.claims().map(({ recordId }) => recordId);
    } finally {
      copy.close();
    }
  };

  it('copies to a file while a controller runs', async () => {
    const path = ledgerOf(CLAIMS);
    const copy = join(dirname(path), 'copy.db');
    const ran = await runCommand(ledger, ['ledger', 'backup', copy], { LEDGER_PATH: path });
    expect(ran).toMatchObject({ code: 0, out: '' });
    expect(recordsOf(copy)).toHaveLength(CLAIMS.length);
  });

  it('copies to standard output and leaves nothing behind', async () => {
    const path = ledgerOf(CLAIMS);
    const before = readdirSync(dirname(path)).toSorted();
    const ran = await runCommand(ledger, ['ledger', 'backup', '-'], { LEDGER_PATH: path });
    expect(ran.code).toBe(0);
    expect(readdirSync(dirname(path)).toSorted()).toEqual(before);
    const copy = freshPath();
    writeFileSync(copy, ran.bytes);
    expect(recordsOf(copy)).toHaveLength(CLAIMS.length);
  });

  it('keeps a file that is there, unless it is told to replace it', async () => {
    const path = ledgerOf(CLAIMS);
    const older = join(dirname(path), 'older.db');
    writeFileSync(older, 'the copy of last week');
    const env = { LEDGER_PATH: path };
    const kept = await runCommand(ledger, ['ledger', 'backup', older], env);
    expect(kept).toMatchObject({
      code: 1,
      err: expect.stringMatching(/older\.db is there already.*--force/),
    });
    expect(readFileSync(older, 'utf8')).toBe('the copy of last week');
    expect(await runCommand(ledger, ['ledger', 'backup', older, '--force'], env)).toMatchObject({ code: 0 });
    expect(recordsOf(older)).toHaveLength(CLAIMS.length);
  });

  it('refuses a terminal, another word, and a place that is not there', async () => {
    const env = { LEDGER_PATH: ledgerOf([]) };
    expect(await runCommand(ledger, ['ledger', 'backup', '-'], env, true)).toMatchObject({
      code: 1,
      out: '',
    });
    expect(await runCommand(ledger, ['ledger', 'restore', 'x'], env)).toMatchObject({ code: 1 });
    expect(await runCommand(ledger, ['ledger', 'backup', '/nowhere/x.db'], env)).toMatchObject({
      code: 1,
      err: expect.stringContaining('/nowhere'),
    });
  });
});
