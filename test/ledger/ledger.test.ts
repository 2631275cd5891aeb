import { readdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { Ledger } from '../../src/ledger/ledger.ts';
import type { LedgerWriter } from '../../src/ledger/writer.ts';
import { NOW, aClaim, anEntry, anIntent, freshPath, openLedger, problem, value } from './fixture.ts';

describe('claims', () => {
  test('a put row is read at once and after reopening', () => {
    const path = freshPath();
    const claim = aClaim();
    const first = openLedger(path);
    value(first.write((writer) => writer.putClaim(claim)));
    expect(first.read.claims()).toEqual([claim]);
    first.close();
    expect(openLedger(path).read.claims()).toEqual([claim]);
  });

  test('a second put of the record replaces the row and keeps its place', () => {
    const ledger = openLedger(freshPath());
    const changed = aClaim({ content: '203.0.113.8', state: 'pending', stateReason: 'no address' });
    value(
      ledger.write((writer) => {
        writer.putClaim(aClaim());
        writer.putClaim(aClaim({ recordId: 'r2' }));
      }),
    );
    value(ledger.write((writer) => writer.putClaim(changed)));
    expect(ledger.read.claims()).toEqual([changed, aClaim({ recordId: 'r2' })]);
  });

  test('are asked for by zone', () => {
    const ledger = openLedger(freshPath());
    const other = aClaim({ recordId: 'r2', zoneId: 'z2', zoneName: 'example.org' });
    value(ledger.write((writer) => [aClaim(), other].forEach((claim) => writer.putClaim(claim))));
    expect(ledger.read.claimsIn('z2')).toEqual([other]);
    expect(ledger.read.claimsIn('z3')).toEqual([]);
  });

  test('verified rows have the time, others do not', () => {
    const ledger = openLedger(freshPath());
    value(
      ledger.write((writer) => {
        for (const recordId of ['r1', 'r2', 'r3']) writer.putClaim(aClaim({ recordId }));
        writer.verified(['r1', 'r3', 'gone'], NOW);
      }),
    );
    expect(ledger.read.claims().map((claim) => claim.verifiedAt)).toEqual([NOW, undefined, NOW]);
  });

  test('a change of more rows than are read one by one is seen whole', () => {
    const ledger = openLedger(freshPath());
    const ids = Array.from({ length: 1_200 }, (_, index) => `r${index}`);
    value(ledger.write((writer) => ids.forEach((recordId) => writer.putClaim(aClaim({ recordId })))));
    value(ledger.write((writer) => writer.verified(ids, NOW)));
    expect(ledger.read.claims().filter((claim) => claim.verifiedAt === NOW)).toHaveLength(1_200);
  });

  test('a removed row is gone, with the approval of its record', () => {
    const ledger = openLedger(freshPath());
    value(
      ledger.write((writer) => {
        writer.putClaim(aClaim());
        writer.approve([{ recordId: 'r1', zoneId: 'z1', name: 'app.example.com', type: 'A', at: NOW }]);
      }),
    );
    value(ledger.write((writer) => writer.removeClaim('r1')));
    expect(ledger.read.claims()).toEqual([]);
    expect(ledger.read.approvals().size).toBe(0);
  });

  test('what a person changes with sqlite3 meanwhile is seen', () => {
    const path = freshPath();
    const ledger = openLedger(path);
    value(ledger.write((writer) => writer.putClaim(aClaim())));
    const shell = new Database(path);
    shell.exec("UPDATE records SET content = '198.51.100.1'");
    shell.close();
    expect(ledger.read.claims()).toEqual([aClaim({ content: '198.51.100.1' })]);
  });

  test('are the same array until a row changes', () => {
    const ledger = openLedger(freshPath());
    value(ledger.write((writer) => writer.putClaim(aClaim())));
    const before = ledger.read.claims();
    value(ledger.write((writer) => writer.setMeta('owner', 'me')));
    expect(ledger.read.claims()).toBe(before);
    value(ledger.write((writer) => writer.verified(['r1'], NOW)));
    expect(ledger.read.claims()).not.toBe(before);
    expect(before).toEqual([aClaim()]);
  });
});

describe('a transaction', () => {
  test('reads what it has written', () => {
    const ledger = openLedger(freshPath());
    const seen = ledger.write((writer) => {
      writer.putClaim(aClaim());
      return writer.claims();
    });
    expect(value(seen)).toEqual([aClaim()]);
  });

  test('that throws leaves nothing, and throws on', () => {
    const ledger = openLedger(freshPath());
    expect(() =>
      ledger.write((writer) => {
        writer.putClaim(aClaim());
        writer.openIntent(anIntent());
        throw new Error('a bug');
      }),
    ).toThrow('a bug');
    expect(ledger.read.claims()).toEqual([]);
    expect(ledger.read.intents()).toEqual([]);
  });

  test('with a row that breaks a rule of the schema is refused whole', () => {
    const ledger = openLedger(freshPath());
    const refused = ledger.write((writer) => {
      writer.putClaim(aClaim());
      writer.putClaim(aClaim({ recordId: 'r2', content: '' }));
    });
    expect(problem(refused).kind).toBe('bad-row');
    expect(ledger.read.claims()).toEqual([]);
  });

  test('is the only place where its writer works', () => {
    const ledger = openLedger(freshPath());
    let kept: LedgerWriter | undefined;
    value(ledger.write((writer) => void (kept = writer)));
    expect(() => kept?.setMeta('owner', 'someone')).toThrow('outside');
    expect(() => ledger.write(() => ledger.write(() => 0))).toThrow('inside');
  });
});

describe('the other tables', () => {
  test('an intent stays until it is closed', () => {
    const ledger = openLedger(freshPath());
    const { name, type, content, ttl, proxied } = aClaim();
    const after = { name, type, content, ttl, proxied };
    const opened = [
      anIntent({ after }),
      anIntent({ action: 'delete', recordId: 'r9', before: { ...after, ttl: 300 } }),
    ];
    const [first, second] = value(
      ledger.write((writer) => opened.map((intent) => writer.openIntent(intent))),
    );
    expect(ledger.read.intents()).toEqual([
      { id: first, ...opened[0] },
      { id: second, ...opened[1] },
    ]);
    value(ledger.write((writer) => writer.closeIntent(first!)));
    expect(ledger.read.intents().map((intent) => intent.id)).toEqual([second]);
  });

  test('the last confirmed address of each family is kept', () => {
    const ledger = openLedger(freshPath());
    const v4 = { family: 4, address: '203.0.113.1', confirmedAt: NOW, voters: ['a', 'b'] } as const;
    const v6 = { family: 6, address: '2001:db8::1', confirmedAt: NOW, voters: [] } as const;
    value(ledger.write((writer) => [v6, v4].forEach((row) => writer.putEgress(row))));
    expect(ledger.read.egress()).toEqual([v4, v6]);
    value(ledger.write((writer) => writer.putEgress({ ...v4, address: '203.0.113.2' })));
    expect(ledger.read.egress()[0]?.address).toBe('203.0.113.2');
  });

  test('meta is set, set again, and absent where it never was', () => {
    const ledger = openLedger(freshPath());
    value(ledger.write((writer) => writer.setMeta('owner', 'one')));
    value(ledger.write((writer) => writer.setMeta('owner', 'two')));
    expect(ledger.read.meta('owner')).toBe('two');
    expect(ledger.read.meta('stopped')).toBeUndefined();
  });

  test('an approval is consumed once, and giving it again is no error', () => {
    const ledger = openLedger(freshPath());
    const approval = { recordId: 'r1', zoneId: 'z1', name: 'app.example.com', type: 'A', at: NOW };
    value(ledger.write((writer) => writer.approve([approval, { ...approval, recordId: 'r2' }, approval])));
    value(ledger.write((writer) => writer.consumeApproval('r1')));
    expect(ledger.read.approvals()).toEqual(new Set(['r2']));
  });

  test('a zone is copied once its copy was noted', () => {
    const ledger = openLedger(freshPath());
    expect(ledger.read.zoneCopied('z1')).toBe(false);
    value(ledger.write((writer) => writer.noteZoneCopy('z1', 'example.com', '/data/copy.json', NOW)));
    expect(ledger.read.zoneCopied('z1')).toBe(true);
    expect(ledger.read.zoneCopied('z2')).toBe(false);
  });

  test('rows are counted', () => {
    const ledger = openLedger(freshPath());
    value(
      ledger.write((writer) => {
        writer.putClaim(aClaim());
        writer.appendHistory(anEntry());
        writer.appendHistory(anEntry());
      }),
    );
    expect(ledger.read.counts()).toEqual({ records: 1, history: 2 });
  });
});

describe('read-only', () => {
  test('reads beside the writer, and sees its commits', () => {
    const path = freshPath();
    const ledger = openLedger(path);
    const reader = openLedger(path, { mode: 'read-only' });
    expect(reader.read.claims()).toEqual([]);
    value(ledger.write((writer) => writer.putClaim(aClaim())));
    expect(reader.read.claims()).toEqual([aClaim()]);
  });

  test('writes nothing, nor leaves a file behind', () => {
    const path = freshPath();
    const ledger = openLedger(path);
    value(ledger.write((writer) => writer.putClaim(aClaim())));
    ledger.close();
    const files = readdirSync(dirname(path));
    const reader = openLedger(path, { mode: 'read-only' });
    expect(reader.read.claims()).toEqual([aClaim()]);
    expect(problem(reader.write((writer) => writer.setMeta('owner', 'me'))).kind).toBe('read-only');
    reader.close();
    expect(readdirSync(dirname(path))).toEqual(files);
  });

  test('of an empty file says what to start', () => {
    const path = freshPath();
    writeFileSync(path, '');
    expect(problem(Ledger.open({ path, mode: 'read-only' })).message).toContain('routeflare run');
  });
});
