import { describe, expect, test } from 'vitest';
import { claim, lines, OTHER, plan, record, SUBZONE, typed, want } from './fixture.ts';

const ONE = '203.0.113.7';
const TUNNEL = 'abc.cfargotunnel.com';
const APP_NAME = 'app.example.com';
const on = { value: true, written: true };
const off = { value: false, written: true };

describe('written keys are enforced', () => {
  test('from the ledger', () => {
    expect(lines({ wants: [want(ONE, { proxied: on })], claims: [claim('r1', ONE)] })).toEqual([
      '~ A app r1 proxied=true',
    ]);
    const wants = [want(ONE, { ttl: { value: 300, written: true } })];
    expect(lines({ wants, claims: [claim('r1', ONE)] })).toEqual(['~ A app r1 ttl=300']);
  });

  test('against what a person set', () => {
    const scene = {
      wants: [want(ONE, { proxied: off, ttl: { value: 300, written: true } })],
      claims: [claim('r1', ONE, { ttl: 300, ttlWritten: true, proxiedWritten: true })],
    };
    const zone = [record('r1', ONE, { proxied: true })];
    expect(lines({ ...scene, zone })).toEqual(['~ A app r1 ttl=300 proxied=false']);
  });

  test('a proxied record has no ttl of its own', () => {
    const wants = [want(ONE, { proxied: on, ttl: { value: 300, written: true } })];
    const claims = [claim('r1', ONE, { proxied: true, ttlWritten: true, proxiedWritten: true })];
    expect(lines({ wants, claims, zone: [record('r1', ONE, { proxied: true })] })).toEqual([]);
    expect(lines({ wants, names: { [APP_NAME]: [] } })).toEqual([
      `+ A app ${ONE} ttl=auto proxied=true "#me 11111111:app"`,
    ]);
  });
});

describe('unwritten ones', () => {
  test('stay as a person set them, and the ledger learns it', () => {
    const scene = { wants: [want(ONE)], claims: [claim('r1', ONE)] };
    expect(lines({ ...scene, zone: [record('r1', ONE, { proxied: true })] })).toEqual(['row r1 active']);
    expect(lines({ ...scene, zone: [record('r1', ONE, { ttl: 3600 })] })).toEqual(['row r1 active']);
  });

  test('stay when the content changes', () => {
    const claims = [claim('r1', '192.0.2.1', { proxied: true })];
    expect(lines({ wants: [want(ONE)], claims })).toEqual([`~ A app r1 content=${ONE}`]);
  });

  test('are not touched by unproxying: the ttl is what was set, else the default', () => {
    const claims = [claim('r1', ONE, { proxied: true })];
    expect(lines({ wants: [want(ONE, { proxied: off })], claims })).toEqual(['~ A app r1 proxied=false']);
  });

  test('taken away: the default once, then a person’s word counts again', () => {
    const was = claim('r1', ONE, { proxied: true, proxiedWritten: true, ttl: 'auto' });
    expect(lines({ wants: [want(ONE)], claims: [was] })).toEqual(['~ A app r1 proxied=false']);
    const after = claim('r1', ONE);
    expect(
      lines({ wants: [want(ONE)], claims: [after], zone: [record('r1', ONE, { proxied: true })] }),
    ).toEqual(['row r1 active']);
    const ttl = claim('r1', ONE, { ttl: 300, ttlWritten: true });
    expect(lines({ wants: [want(ONE)], claims: [ttl] })).toEqual(['~ A app r1 ttl=auto']);
  });

  test('taken away where the value was the default already: only the row', () => {
    const was = claim('r1', ONE, { proxiedWritten: true });
    expect(lines({ wants: [want(ONE)], claims: [was] })).toEqual(['row r1 active']);
  });
});

describe('a private address behind the proxy that a person turned on', () => {
  const LAN = '192.168.1.5';
  const claims = [claim('r1', ONE, { proxied: true })];

  test('is not written; the last good address stays', () => {
    expect(lines({ wants: [want(LAN)], claims })).toEqual(['! Pending A app']);
    const names = { [APP_NAME]: [record('r1', ONE, { proxied: true })] };
    expect(lines({ wants: [want(LAN)], claims: [claim('r1', ONE)], names })).toEqual(['! Pending A app']);
    expect(plan({ wants: [want(LAN)], claims }).problems[0]?.message).toMatch(/record r1.*192\.168\.1\.5/);
  });

  test('keeps back the address alone: a name that was changed is put right', () => {
    const names = { [APP_NAME]: [] };
    const ids = { r1: record('r1', ONE, { proxied: true, name: 'b.example.com' }) };
    expect(lines({ wants: [want(LAN)], claims, names, ids })).toEqual([
      '~ A app r1 name=app',
      '! Pending A app',
    ]);
    const [change] = plan({ wants: [want(LAN)], claims, names, ids }).changes;
    expect([change?.after?.content, change?.claim?.content]).toEqual([ONE, ONE]);
  });

  test('does not take the place of another type either', () => {
    const fates = { c1: { kind: 'replaced', why: 'the name becomes A' } as const };
    const names = { [APP_NAME]: [record('c1', TUNNEL, { type: 'CNAME', proxied: true })] };
    const cname = [claim('c1', TUNNEL, { type: 'CNAME', proxied: true })];
    expect(lines({ wants: [want(LAN)], claims: cname, fates, names })).toEqual(['! Pending A app']);
    const both = [want(LAN), want('2001:db8::1', typed('AAAA'))];
    expect(lines({ wants: both, claims: cname, fates, names })).toEqual([
      '! Pending A app',
      '! Pending AAAA app',
    ]);
  });

  test('is written once proxying is off, by a person or by the source', () => {
    const names = { [APP_NAME]: [record('r1', ONE)] };
    expect(lines({ wants: [want(LAN)], claims, names })).toEqual([`~ A app r1 content=${LAN}`]);
    expect(lines({ wants: [want(LAN, { proxied: off })], claims })).toEqual([
      `~ A app r1 content=${LAN} proxied=false`,
    ]);
  });
});

describe('a person’s proxying is never switched off by silence', () => {
  const gone = claim('r1', ONE, { proxied: true });

  test('when the record is made again', () => {
    expect(lines({ wants: [want(ONE)], claims: [gone], zone: [], ids: { r1: undefined } })).toEqual([
      `+ A app ${ONE} ttl=auto proxied=true "#me 11111111:app"`,
      'row r1 pending: its record was deleted by somebody else',
    ]);
  });

  test('when the type changes, also where the ledger does not know of it yet', () => {
    const fates = { c1: { kind: 'replaced', why: 'the name becomes A' } as const };
    const names = { [APP_NAME]: [record('c1', TUNNEL, { type: 'CNAME', proxied: true })] };
    for (const proxied of [true, false]) {
      const claims = [claim('c1', TUNNEL, { type: 'CNAME', proxied })];
      expect(lines({ wants: [want(ONE)], claims, fates, names })).toEqual([
        '- CNAME app c1',
        `+ A app ${ONE} ttl=auto proxied=true "#me 11111111:app"`,
      ]);
    }
  });

  test('when a family is added beside it', () => {
    const names = { [APP_NAME]: [record('r1', ONE, { proxied: true })] };
    const wants = [want(ONE), want('2001:db8::7', typed('AAAA'))];
    expect(lines({ wants, claims: [claim('r1', ONE)], names })).toEqual([
      '+ AAAA app 2001:db8::7 ttl=auto proxied=true "#me 11111111:app"',
      'row r1 active',
    ]);
  });

  test('when the zone changes', () => {
    const wants = [want(ONE, { zone: SUBZONE })];
    const fates = { r1: { kind: 'moved', to: SUBZONE } as const };
    expect(lines({ wants, claims: [gone], fates, of: SUBZONE, names: { [APP_NAME]: [] } })).toEqual([
      `+ A app ${ONE} ttl=auto proxied=true "#me 11111111:app"`,
    ]);
  });

  test('when another source takes over, in place or with another type', () => {
    const written = { holder: OTHER, proxied: true, proxiedWritten: true } as const;
    const scene = { wants: [want(ONE)], claims: [claim('r1', ONE, written)] };
    const comment = 'record-owner-id=me 11111111:HTTPRoute/web/other';
    const names = { [APP_NAME]: [record('r1', ONE, { proxied: true, comment })] };
    expect(lines({ ...scene, names })).toEqual(['~ A app r1 comment="#me 11111111:app"']);
    const cname = { [APP_NAME]: [record('c1', TUNNEL, { type: 'CNAME', proxied: true, comment })] };
    const claims = [claim('c1', TUNNEL, { type: 'CNAME', ...written })];
    const fates = { c1: { kind: 'replaced', why: 'the name becomes A' } as const };
    expect(lines({ ...scene, claims, fates, names: cname })).toEqual([
      '- CNAME app c1',
      `+ A app ${ONE} ttl=auto proxied=true "#me 11111111:app"`,
    ]);
  });

  test('nor is a ttl that its last holder wrote', () => {
    const claims = [claim('r1', ONE, { holder: OTHER, ttl: 300, ttlWritten: true })];
    const names = { [APP_NAME]: [record('r1', ONE, { ttl: 300 })] };
    expect(lines({ wants: [want(ONE)], claims, names })).toEqual(['row r1 active']);
  });

  test('but a written `false` does, and so does a key that was taken away', () => {
    const names = { [APP_NAME]: [record('c1', TUNNEL, { type: 'CNAME', proxied: true })] };
    const fates = { c1: { kind: 'replaced', why: 'the name becomes A' } as const };
    const unproxied = ['- CNAME app c1', `+ A app ${ONE} ttl=auto proxied=false "#me 11111111:app"`];
    const claims = [claim('c1', TUNNEL, { type: 'CNAME', proxied: true })];
    expect(lines({ wants: [want(ONE, { proxied: off })], claims, fates, names })).toEqual(unproxied);
    const written = [claim('c1', TUNNEL, { type: 'CNAME', proxied: true, proxiedWritten: true })];
    expect(lines({ wants: [want(ONE)], claims: written, fates, names })).toEqual(unproxied);
  });
});
