import { describe, expect, test } from 'vitest';
import { describePlan } from '../../src/plan/describe.ts';
import { claim, GONE, kept, lines, MARKER, OTHER, plan, record, typed, want, ZONE } from './fixture.ts';

const ONE = '203.0.113.7';
const TWO = '203.0.113.8';
const SIX = '2001:db8::7';
const TUNNEL = 'abc.cfargotunnel.com';
const APP_NAME = 'app.example.com';

describe('create', () => {
  test('reads the name first, then creates with the marker', () => {
    expect(lines({ wants: [want(ONE)] })).toEqual(['read app']);
    expect(lines({ wants: [want(ONE)], names: { [APP_NAME]: [] } })).toEqual([
      `+ A app ${ONE} ttl=auto proxied=false "#me 11111111:app"`,
    ]);
  });

  test('beside records of types that do not clash', () => {
    const txt = record('t1', 'v=spf1 -all', { type: 'TXT', comment: '' });
    expect(lines({ wants: [want(ONE)], names: { [APP_NAME]: [txt] } })).toEqual([
      `+ A app ${ONE} ttl=auto proxied=false "#me 11111111:app"`,
    ]);
  });

  test('not below a delegation, but at the apex beside the zone’s own NS', () => {
    const ns = record('n1', 'ns1.elsewhere.net', { type: 'NS', comment: '' });
    expect(lines({ wants: [want(ONE)], names: { [APP_NAME]: [ns] } })).toEqual(['! RecordConflict A app']);
    const apex = { ...want(ONE), name: 'example.com' as ReturnType<typeof want>['name'] };
    expect(lines({ wants: [apex], names: { 'example.com': [{ ...ns, name: 'example.com' }] } })).toEqual([
      `+ A example.com ${ONE} ttl=auto proxied=false "#me 11111111:app"`,
    ]);
  });

  test('a record of ours that somebody deleted is made again, and its row goes with it', () => {
    const scene = { wants: [want(ONE)], claims: [claim('r1', ONE)] };
    expect(lines({ ...scene, zone: [] })).toEqual(['read id r1']);
    const made = plan({ ...scene, zone: [], ids: { r1: undefined } });
    expect(made.changes.map(({ happening, drops }) => [happening, drops])).toEqual([
      ['DriftCorrected', ['r1']],
    ]);
  });

  test('A and AAAA of one name stand together', () => {
    const wants = [want(ONE), want(SIX, typed('AAAA'))];
    expect(lines({ wants, names: { [APP_NAME]: [] } })).toEqual([
      `+ A app ${ONE} ttl=auto proxied=false "#me 11111111:app"`,
      `+ AAAA app ${SIX} ttl=auto proxied=false "#me 11111111:app"`,
    ]);
  });
});

describe('update', () => {
  test('in place, from the ledger alone, without a comment', () => {
    expect(lines({ wants: [want(TWO)], claims: [claim('r1', ONE)] })).toEqual([`~ A app r1 content=${TWO}`]);
  });

  test('read: only what differs is sent', () => {
    const scene = { wants: [want(TWO)], claims: [claim('r1', ONE)], zone: [record('r1', ONE)] };
    expect(lines(scene)).toEqual([`~ A app r1 content=${TWO}`]);
  });

  test('what somebody changed is put right', () => {
    const scene = { wants: [want(ONE)], claims: [claim('r1', ONE)], zone: [record('r1', TWO)] };
    expect(lines(scene)).toEqual([`~ A app r1 content=${ONE}`]);
    expect(plan(scene).changes[0]?.happening).toBe('DriftCorrected');
  });

  test('a renamed record gets its name back', () => {
    const renamed = record('r1', ONE, { name: 'else.example.com' });
    const scene = { wants: [want(ONE)], claims: [claim('r1', ONE)] };
    expect(lines({ ...scene, names: { [APP_NAME]: [] } })).toEqual(['read id r1']);
    expect(lines({ ...scene, names: { [APP_NAME]: [] }, ids: { r1: renamed } })).toEqual([
      '~ A app r1 name=app',
    ]);
  });

  test('a renamed record does not come back beside a stranger’s', () => {
    const renamed = record('r1', ONE, { name: 'else.example.com' });
    const stranger = record('s1', TWO, { comment: '' });
    const scene = { wants: [want(ONE)], claims: [claim('r1', ONE)], ids: { r1: renamed } };
    expect(lines({ ...scene, names: { [APP_NAME]: [stranger] } })).toEqual(['! RecordConflict A app']);
  });

  test('nothing differs: nothing is written, not even to the ledger', () => {
    const scene = { wants: [want(ONE)], claims: [claim('r1', ONE)] };
    expect(lines(scene)).toEqual([]);
    expect(lines({ ...scene, zone: [record('r1', ONE)] })).toEqual([]);
  });
});

describe('hand-over', () => {
  const scene = { wants: [want(TWO)], claims: [claim('r1', ONE, { holder: OTHER })] };

  test('in place, once the name was read, with the new holder in the comment', () => {
    expect(lines(scene)).toEqual(['read app']);
    const comment = MARKER.replace('web/app', 'web/other');
    expect(lines({ ...scene, names: { [APP_NAME]: [record('r1', ONE, { comment })] } })).toEqual([
      `~ A app r1 content=${TWO} comment="#me 11111111:app"`,
    ]);
  });

  test('of a record that waits for its deletion', () => {
    const claims = [
      claim('r1', ONE, { holder: OTHER, state: 'deleting', doomedAt: '2026-03-01T11:00:00.000Z' }),
    ];
    const made = plan({ wants: [want(ONE)], claims, names: { [APP_NAME]: [record('r1', ONE)] } });
    expect(made.rows).toMatchObject([{ claim: { recordId: 'r1', state: 'active', doomedAt: undefined } }]);
    expect(made.changes).toEqual([]);
  });
});

describe('a record that somebody gave another type', () => {
  test.each(['suspended', 'frozen'] as const)(
    'is not written for another source while its own is %s',
    (state) => {
      const claims = [claim('r6', SIX, { type: 'AAAA', holder: OTHER })];
      const names = { [APP_NAME]: [record('r6', TWO)] };
      const scene = { wants: [want(ONE)], claims, fates: { r6: kept(state) }, names };
      expect(lines(scene)).toEqual([`row r6 ${state}: it is ${state}`, '! RecordConflict A app']);
    },
  );
});

describe('change of type', () => {
  const replaced = { kind: 'replaced', why: 'the name becomes A' } as const;
  const cname = claim('c1', TUNNEL, typed('CNAME'));

  test('CNAME to A and AAAA: one group, the deletion first', () => {
    const scene = { wants: [want(ONE), want(SIX, typed('AAAA'))], claims: [cname], fates: { c1: replaced } };
    expect(lines(scene)).toEqual(['read app']);
    expect(lines({ ...scene, names: { [APP_NAME]: [record('c1', TUNNEL, typed('CNAME'))] } })).toEqual([
      '- CNAME app c1',
      `+ A app ${ONE} ttl=auto proxied=false "#me 11111111:app"`,
      `+ AAAA app ${SIX} ttl=auto proxied=false "#me 11111111:app"`,
    ]);
  });

  test('A and AAAA to CNAME', () => {
    const made = plan({
      wants: [want(TUNNEL, typed('CNAME'))],
      claims: [claim('r1', ONE), claim('r6', SIX, typed('AAAA'))],
      fates: { r1: replaced, r6: replaced },
      names: { [APP_NAME]: [record('r1', ONE), record('r6', SIX, typed('AAAA'))] },
    });
    expect(made.changes.map(({ action, type, unpublishes }) => [action, type, unpublishes])).toEqual([
      ['delete', 'A', false],
      ['delete', 'AAAA', false],
      ['create', 'CNAME', false],
    ]);
  });

  test('at once when the old one was doomed anyway, whoever holds it', () => {
    const claims = [claim('c1', TUNNEL, { type: 'CNAME', holder: OTHER })];
    const names = { [APP_NAME]: [record('c1', TUNNEL, typed('CNAME'))] };
    expect(lines({ wants: [want(ONE)], claims, fates: { c1: GONE }, names })).toEqual([
      '- CNAME app c1',
      `+ A app ${ONE} ttl=auto proxied=false "#me 11111111:app"`,
    ]);
  });

  test('not when the old one only waits', () => {
    const names = { [APP_NAME]: [record('c1', TUNNEL, typed('CNAME'))] };
    for (const state of ['pending', 'frozen', 'suspended'] as const) {
      const text = lines({ wants: [want(ONE)], claims: [cname], fates: { c1: kept(state) }, names });
      expect(text).toEqual([`row c1 ${state}: it is ${state}`, '! RecordConflict A app']);
    }
  });

  test('not while nothing at all may be deleted', () => {
    const names = { [APP_NAME]: [record('c1', TUNNEL, typed('CNAME'))] };
    const limits = { held: new Map([['c1', 'the ledger was written for another cluster']]) };
    expect(lines({ wants: [want(ONE)], claims: [cname], fates: { c1: replaced }, names, limits })).toEqual([
      'row c1 held: the name becomes A',
      '! Pending A app',
    ]);
  });

  test('a marker that was taken off is put back first: nothing is deleted without it', () => {
    const names = { [APP_NAME]: [record('c1', TUNNEL, { type: 'CNAME', comment: '' })] };
    expect(lines({ wants: [want(ONE)], claims: [cname], fates: { c1: replaced }, names })).toEqual([
      '~ CNAME app c1 comment="#me 11111111:app"',
    ]);
  });

  test('not without both steps: a stranger stands there too', () => {
    const names = { [APP_NAME]: [record('r1', ONE), record('s1', TWO, { comment: '' })] };
    const scene = {
      wants: [want(TUNNEL, typed('CNAME'))],
      claims: [claim('r1', ONE)],
      fates: { r1: replaced },
    };
    expect(lines({ ...scene, names })).toEqual(['! RecordConflict CNAME app']);
  });

  test('a type that somebody changed at Cloudflare is put right, and leaves nothing behind', () => {
    const names = { [APP_NAME]: [record('r1', TUNNEL, typed('CNAME'))] };
    const scene = { wants: [want(ONE)], claims: [claim('r1', ONE)] };
    const right = [`+ A app ${ONE} ttl=auto proxied=false "#me 11111111:app"`];
    expect(lines({ ...scene, names })).toEqual(['- CNAME app r1', ...right]);
    const six = { [APP_NAME]: [record('r1', SIX, typed('AAAA'))] };
    expect(lines({ ...scene, names: six })).toEqual(['- AAAA app r1', ...right]);
  });
});

describe('record sets', () => {
  test('as little as possible is written: equal contents stay, the rest moves over', () => {
    const claims = [claim('r1', '192.0.2.1'), claim('r2', '192.0.2.2')];
    expect(lines({ wants: [want(['192.0.2.3', '192.0.2.1'])], claims })).toEqual([
      '~ A app r2 content=192.0.2.3',
    ]);
  });

  test('grow by a create, shrink by a deletion, the name being read', () => {
    const claims = [claim('r1', '192.0.2.1'), claim('r2', '192.0.2.2')];
    const names = { [APP_NAME]: [record('r1', '192.0.2.1'), record('r2', '192.0.2.2')] };
    const three = [want(['192.0.2.1', '192.0.2.2', '192.0.2.3'])];
    expect(lines({ wants: three, claims })).toEqual(['read app']);
    expect(lines({ wants: three, claims, names })).toEqual([
      '+ A app 192.0.2.3 ttl=auto proxied=false "#me 11111111:app"',
    ]);
    expect(lines({ wants: [want('192.0.2.2')], claims, names })).toEqual(['- A app r1']);
  });

  test('what is too many is deleted only on the strength of its marker', () => {
    const claims = [claim('r1', '192.0.2.1'), claim('r2', '192.0.2.2')];
    const scene = { wants: [want('192.0.2.1')], claims };
    const as = (more: Parameters<typeof record>[2]) => ({
      [APP_NAME]: [record('r1', '192.0.2.1'), record('r2', '192.0.2.2', more)],
    });
    expect(lines({ ...scene, names: as({ comment: '' }) })).toEqual([
      '~ A app r2 comment="#me 11111111:app"',
    ]);
    expect(lines({ ...scene, names: as({ comment: '', content: '192.0.2.9' }) })).toEqual([
      'row r2 released: in the ledger, but its marker was removed and its content changed to 192.0.2.9',
    ]);
  });

  test('duplicates of ours converge to one: a row first, then the deletion', () => {
    const zone = [record('r1', ONE), record('r2', TWO)];
    const scene = { wants: [want(ONE)], zone };
    expect(lines({ ...scene, claims: [claim('r1', ONE)] })).toEqual(['row r2 active']);
    expect(lines({ ...scene, claims: [claim('r1', ONE), claim('r2', TWO)] })).toEqual(['- A app r2']);
  });

  test('of duplicates without any row the same one stays whatever the order', () => {
    const zone = [record('r1', ONE), record('r2', ONE)];
    const text = lines({ wants: [want(TWO)], zone });
    expect(lines({ wants: [want(TWO)], zone: zone.toReversed() })).toEqual(text);
    expect(text).toEqual([`~ A app r1 content=${TWO}`, 'row r2 active']);
  });
});

describe('no write of any kind', () => {
  const zone = [record('r1', TWO, { comment: '' })];
  test.each(['pending', 'frozen', 'suspended'] as const)('%s', (kind) => {
    const standing = kind === 'suspended' ? { kind } : { kind, why: `it is ${kind}` };
    const wants = [want(ONE, { standing })];
    expect(lines({ wants, zone: [] })).toEqual([]);
    const scene = { wants, claims: [claim('r1', ONE)], fates: { r1: kept(kind) } };
    expect(lines({ ...scene, zone })).toEqual([`row r1 ${kind}: it is ${kind}`]);
    const known = claim('r1', ONE, { state: kind, stateReason: `it is ${kind}` });
    expect(lines({ ...scene, claims: [known], zone })).toEqual([]);
    expect(lines({ ...scene, claims: [known] })).toEqual([]);
  });

  test('a protected name has no want, and its record is kept', () => {
    expect(lines({ claims: [claim('r1', ONE)], fates: { r1: kept('pending') }, zone })).toEqual([
      'row r1 pending: it is pending',
    ]);
  });
});

test('a plan as people read it', () => {
  const made = plan({
    wants: [want(TWO, { proxied: { value: true, written: true } }), want(SIX, typed('AAAA'))],
    claims: [claim('r1', ONE, { ttl: 300 })],
    names: { [APP_NAME]: [record('r1', ONE, { ttl: 300 })] },
  });
  expect(describePlan(made)).toEqual([
    {
      sign: '~',
      zone: ZONE.name,
      name: APP_NAME,
      type: 'A',
      from: `${ONE}, not proxied, ttl 300`,
      to: `${TWO}, proxied, ttl auto`,
      source: 'HTTPRoute/web/app',
      reason: 'wanted by its holder, mode gateway-address',
    },
    {
      sign: '+',
      zone: ZONE.name,
      name: APP_NAME,
      type: 'AAAA',
      from: '',
      to: `${SIX}, ttl 300`,
      source: 'HTTPRoute/web/app',
      reason: 'new, mode gateway-address',
    },
  ]);
});
