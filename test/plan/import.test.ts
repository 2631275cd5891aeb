import { describe, expect, test } from 'vitest';
import type { HistoryEntry } from '../../src/domain/entry.ts';
import type { ActualRecord } from '../../src/domain/record.ts';
import { planAct, type ActInput, type ActPlan, type ActRequest } from '../../src/plan/act-plan.ts';
import { mayBeEncrypted, registryNames, registryOwner } from '../../src/plan/external-dns.ts';
import { APP, claim, host, inputOf, record, want, type Scene } from './fixture.ts';

const OPTIONS = { owner: 'default', prefix: '', suffix: '', wildcard: '' };
const IMPORT: ActRequest = { kind: 'import', registry: OPTIONS };

function theirs(id: string, content: string, more: Partial<ActualRecord> = {}): ActualRecord {
  return record(id, content, { comment: '', ...more });
}

function text(id: string, name: string, owner = 'default'): ActualRecord {
  const content = `"heritage=external-dns,external-dns/owner=${owner},external-dns/resource=ingress/web/app"`;
  return theirs(id, content, { type: 'TXT', name: `${name}.example.com` });
}

function act(request: ActRequest, scene: Scene & { readonly history?: readonly HistoryEntry[] }): ActPlan {
  const input: ActInput = { ...inputOf(scene), history: () => scene.history ?? [] };
  return planAct(request, input);
}

/** What goes to Cloudflare, change by change: the record that is marked, then the TXT records of its transaction. */
function steps({ changes }: ActPlan): string[] {
  return changes.map(({ write, companions = [] }) =>
    [write, ...companions].map((each) => `${each.kind} ${'id' in each ? each.id : each.name}`).join(', '),
  );
}

describe('the names of a TXT registry', () => {
  test.each([
    ['a label with the type', OPTIONS, 'app.example.com', 'A', 'a-app.example.com', 'app.example.com'],
    ['AAAA has no plain one', OPTIONS, 'app.example.com', 'AAAA', 'aaaa-app.example.com', undefined],
    [
      'a prefix',
      { ...OPTIONS, prefix: 'Ext-' },
      'app.example.com',
      'CNAME',
      'ext-cname-app.example.com',
      'ext-app.example.com',
    ],
    [
      'a prefix with the type and a dot',
      { ...OPTIONS, prefix: '%{record_type}-x.' },
      'example.com',
      'A',
      'a-x.example.com',
      '-x.example.com',
    ],
    [
      'a suffix with the type',
      { ...OPTIONS, suffix: '-.%{record_type}' },
      'www.ex.com',
      'CNAME',
      'www-.cname.ex.com',
      'www-..ex.com',
    ],
    [
      'a wildcard replaced',
      { ...OPTIONS, wildcard: 'any' },
      '*.example.com',
      'A',
      'a-any.example.com',
      'any.example.com',
    ],
    ['a wildcard as it is', OPTIONS, '*.example.com', 'A', 'a-*.example.com', '*.example.com'],
  ])('%s', (_, options, name, type, typed, plain) => {
    expect(registryNames(options, name, type)).toEqual({ typed, plain });
  });

  test.each([
    ['"heritage=external-dns,external-dns/owner=x,external-dns/resource=a/b/c"', 'x'],
    ['heritage=external-dns,external-dns/owner=x', 'x'],
    ['heritage=external-dns', ''],
    ['heritage=external-dns-other,external-dns/owner=x', undefined],
    ['see heritage=external-dns', undefined],
    ['v=spf1 -all', undefined],
  ])('%s is of %s', (content, owner) => {
    expect(registryOwner({ type: 'TXT', content })).toBe(owner);
  });

  test('what is encrypted is told from what is not', () => {
    const cipher = Buffer.from('x'.repeat(90)).toString('base64');
    expect(mayBeEncrypted({ type: 'TXT', content: `"${cipher}"` })).toBe(true);
    expect(mayBeEncrypted({ type: 'TXT', content: 'google-site-verification=abc' })).toBe(false);
    expect(mayBeEncrypted({ type: 'A', content: cipher })).toBe(false);
  });
});

describe('import from external-dns', () => {
  test('marks what is wanted in place, and takes its TXT records away in the same transaction', () => {
    const plan = act(IMPORT, {
      wants: [want('192.0.2.1')],
      zone: [theirs('r1', '192.0.2.9'), text('t1', 'a-app'), text('t2', 'app')],
    });
    expect(steps(plan)).toEqual(['update r1, delete t1, delete t2']);
    expect(plan.changes).toMatchObject([
      {
        action: 'adopt',
        before: {
          content: '192.0.2.9',
          registry: [{ name: 'a-app.example.com' }, { name: 'app.example.com' }],
        },
        after: { content: '192.0.2.1' },
        claim: { adopted: true, holder: APP },
        source: APP,
      },
    ]);
    expect(plan.notes).toEqual([]);
  });

  test('of several records of one name each is marked, and the TXT record of all goes once', () => {
    const plan = act(IMPORT, {
      wants: [want(['192.0.2.1', '192.0.2.2'])],
      zone: [theirs('r1', '192.0.2.1'), theirs('r2', '192.0.2.2'), text('t1', 'a-app')],
    });
    expect(steps(plan)).toEqual(['update r1, delete t1', 'update r2']);
  });

  test('a CNAME against a wanted address is marked for the next pass to replace', () => {
    const plan = act(IMPORT, {
      wants: [want('192.0.2.1')],
      zone: [theirs('r1', 'lb.example.net', { type: 'CNAME' }), text('t1', 'cname-app')],
    });
    expect(steps(plan)).toEqual(['update r1, delete t1']);
    expect(plan.changes[0]?.after).toMatchObject({ type: 'CNAME', content: 'lb.example.net' });
  });

  test('what nothing here wants stays external-dns’s, and is told', () => {
    const plan = act(IMPORT, {
      wants: [want('192.0.2.1')],
      zone: [
        theirs('r1', '192.0.2.1'),
        text('t1', 'a-app'),
        theirs('r2', '2001:db8::1', { type: 'AAAA' }),
        text('t2', 'aaaa-app'),
        theirs('r3', '192.0.2.3', { name: 'other.example.com' }),
        text('t3', 'a-other'),
      ],
    });
    expect(steps(plan)).toEqual(['update r1, delete t1']);
    expect(plan.notes).toEqual([expect.stringContaining('AAAA app.example.com, A other.example.com')]);
  });

  test.each([
    ['the TXT record of another owner', [text('t1', 'a-app', 'theirs')]],
    ['TXT records of two owners', [text('t1', 'a-app'), text('t2', 'app', 'theirs')]],
    [
      'a TXT record of another owner, named in a way unknown',
      [text('t1', 'a-app'), text('t2', 'x-app-y', 'theirs')],
    ],
    ['no TXT record', []],
    [
      'a TXT record of the same words that is none',
      [theirs('t1', 'a heritage=external-dns', { type: 'TXT', name: 'a-app.example.com' })],
    ],
  ])('nothing is done at a name with %s', (_, texts) => {
    const plan = act(IMPORT, { wants: [want('192.0.2.1')], zone: [theirs('r1', '192.0.2.1'), ...texts] });
    expect(steps(plan)).toEqual([]);
  });

  test('a record of the set that external-dns did not make keeps the name from being taken', () => {
    const plan = act(IMPORT, {
      wants: [want('192.0.2.1')],
      zone: [
        theirs('r1', '192.0.2.1'),
        text('t1', 'a-app'),
        theirs('r2', '192.0.2.2', { comment: 'record-owner-id=somebody' }),
      ],
    });
    expect(steps(plan)).toEqual([]);
    expect(plan.notes.join()).toContain('record-owner-id=somebody'.slice(16));
  });

  test('a TXT record without a type stays where it speaks for another record too, and so does the name', () => {
    const mx = theirs('m1', 'mail.example.com', { type: 'MX' });
    const scene = { wants: [want('192.0.2.1')], zone: [theirs('r1', '192.0.2.1'), text('t1', 'app'), mx] };
    expect(steps(act(IMPORT, scene))).toEqual([]);
    expect(act(IMPORT, scene).notes).toEqual([expect.stringContaining('MX app.example.com')]);
    for (const typed of ['mx-app', 'a-app']) {
      const plan = act(IMPORT, { ...scene, zone: [...scene.zone, text('t2', typed)] });
      expect(steps(plan)).toEqual([`update r1, delete t1${typed === 'a-app' ? ', delete t2' : ''}`]);
    }
  });

  test('a TXT record that can mean two names is nobody’s, unless one of them has its own', () => {
    const dashed = theirs('r2', '192.0.2.2', { name: 'a-app.example.com' });
    const scene = {
      wants: [want('192.0.2.1')],
      zone: [theirs('r1', '192.0.2.1'), dashed, text('t1', 'a-app')],
    };
    expect(steps(act(IMPORT, scene))).toEqual([]);
    const both = [...scene.wants, want('192.0.2.2', { name: host('a-app.example.com') })];
    expect(steps(act(IMPORT, { ...scene, wants: both }))).toEqual([]);
    const own = {
      ...text('t2', 'a-a-app'),
      content: text('t2', 'a-a-app').content.replace('web/app', 'web/other'),
    };
    const told = { ...scene, zone: [...scene.zone, own] };
    expect(steps(act(IMPORT, told))).toEqual(['update r1, delete t1']);
  });

  test('a person’s record is not external-dns’s by the second TXT record that was made for a longer name', () => {
    const dashed = theirs('r2', '192.0.2.2', { name: 'a-app.example.com' });
    const scene = {
      wants: [want('192.0.2.1')],
      zone: [theirs('r1', '192.0.2.9'), dashed, text('t1', 'a-app'), text('t2', 'a-a-app')],
    };
    const plan = act(IMPORT, scene);
    expect(steps(plan)).toEqual([]);
    expect(plan.notes.join()).toContain(
      'TXT a-app.example.com can mean app.example.com or a-app.example.com',
    );
    // With a second one of its own it is registered for certain.
    const both = { ...scene, zone: [...scene.zone, text('t3', 'app')] };
    expect(steps(act(IMPORT, both))).toEqual(['update r1, delete t1, delete t3']);
  });

  test('a TXT record of a longer name says nothing of this one', () => {
    const plan = act(IMPORT, {
      wants: [want('192.0.2.1')],
      zone: [
        theirs('r1', '192.0.2.1'),
        text('t1', 'a-app'),
        theirs('r2', '192.0.2.2', { name: 'myapp.example.com' }),
        text('t2', 'a-myapp', 'theirs'),
      ],
    });
    expect(steps(plan)).toEqual(['update r1, delete t1']);
  });

  test.each([
    ['is protected', { protectedNames: ['app.example.com'] }],
    ['has a protected TXT record', { protectedNames: ['a-app.example.com'] }],
    ['bears words that leave no room', {}],
    ['waits', { wants: [want('192.0.2.1', { standing: { kind: 'pending', why: 'no address' } })] }],
  ] as const)('nothing is done, and it is told, where the name %s', (why, scene) => {
    const comment = why.startsWith('bears') ? 'x'.repeat(90) : '';
    const plan = act(IMPORT, {
      wants: [want('192.0.2.1')],
      zone: [theirs('r1', '192.0.2.1', { comment }), text('t1', 'a-app')],
      ...scene,
    });
    expect(steps(plan)).toEqual([]);
    expect(plan.notes).toHaveLength(1);
  });

  test('an encrypted registry is told, and not guessed', () => {
    const cipher = Buffer.from('x'.repeat(90)).toString('base64');
    const plan = act(IMPORT, {
      wants: [want('192.0.2.1')],
      zone: [theirs('r1', '192.0.2.1'), theirs('t1', cipher, { type: 'TXT', name: 'a-app.example.com' })],
    });
    expect(steps(plan)).toEqual([]);
    expect(plan.notes).toEqual([expect.stringContaining('looks encrypted')]);
  });

  test('without an owner it says which there are', () => {
    const plan = act(
      { kind: 'import', registry: { ...OPTIONS, owner: '' } },
      {
        wants: [want('192.0.2.1')],
        zone: [theirs('r1', '192.0.2.1'), text('t1', 'a-app'), text('t2', 'a-x', 'other')],
      },
    );
    expect(steps(plan)).toEqual([]);
    expect(plan.notes).toEqual([
      expect.stringContaining('1 TXT record of external-dns with owner "default"'),
      expect.stringContaining('1 TXT record of external-dns with owner "other"'),
    ]);
  });

  test('a registry whose names fit nothing asks for its prefix', () => {
    const plan = act(IMPORT, {
      wants: [want('192.0.2.1')],
      zone: [theirs('r1', '192.0.2.1'), text('t1', 'ext-a-app')],
    });
    expect(plan.notes.join('\n')).toContain('--txt-prefix');
  });
});

describe('import --undo', () => {
  const registry = [{ name: 'a-app.example.com', content: '"heritage=external-dns"', ttl: 'auto' as const }];
  const found = {
    name: host('app.example.com'),
    type: 'A' as const,
    content: '192.0.2.9',
    ttl: 300,
    proxied: false,
  };
  const imported: HistoryEntry = {
    at: '2026-03-01T11:00:00.000Z',
    action: 'adopt',
    zoneName: 'example.com',
    name: 'app.example.com',
    type: 'A',
    before: { ...found, registry },
    after: { ...found, content: '192.0.2.1' },
    reason: 'imported from external-dns (owner default)',
    holder: 'HTTPRoute/web/app',
    outcome: 'done',
  };
  const UNDO: ActRequest = { kind: 'import-undo' };
  const mine = { claims: [claim('r1', '192.0.2.1', { adopted: true })], wants: [want('192.0.2.1')] };

  test('puts record and TXT record back in one transaction, and refuses the name to nobody', () => {
    const plan = act(UNDO, { ...mine, zone: [record('r1', '192.0.2.1')], history: [imported] });
    expect(steps(plan)).toEqual(['update r1, create-text a-app.example.com']);
    expect(plan.changes[0]?.write).toEqual({
      kind: 'update',
      id: 'r1',
      content: '192.0.2.9',
      ttl: 300,
      comment: '',
    });
    expect(plan.refuse).toEqual([]);
  });

  test('one whose answer was lost, and that landed, is known as well', () => {
    const lost = { ...imported, outcome: 'in doubt: no answer' };
    const settled = { ...imported, action: 'settle' as const, reason: 'adopt begun at x', outcome: 'landed' };
    const scene = { ...mine, zone: [record('r1', '192.0.2.1')] };
    expect(steps(act(UNDO, { ...scene, history: [settled, lost] }))).toHaveLength(1);
    expect(steps(act(UNDO, { ...scene, history: [{ ...settled, outcome: 'did not land' }, lost] }))).toEqual(
      [],
    );
  });

  test('a TXT record that is there again is not made twice', () => {
    const zone = [record('r1', '192.0.2.1'), text('t1', 'a-app')];
    expect(steps(act(UNDO, { ...mine, zone, history: [imported] }))).toEqual(['update r1']);
  });

  test('what was adopted otherwise, released since, or is another’s now is left', () => {
    const zone = [record('r1', '192.0.2.1')];
    const adopted = { ...imported, before: found };
    const released = { ...imported, action: 'release' as const, before: undefined };
    expect(steps(act(UNDO, { ...mine, zone, history: [adopted] }))).toEqual([]);
    expect(steps(act(UNDO, { ...mine, zone, history: [released, imported] }))).toEqual([]);
    const foreign = [record('r1', '192.0.2.1', { comment: 'record-owner-id=somebody' })];
    expect(steps(act(UNDO, { ...mine, zone: foreign, history: [imported] }))).toEqual([]);
  });

  test('release --restore gives the TXT record back too', () => {
    const plan = act(
      { kind: 'release', name: host('app.example.com'), restore: true },
      { ...mine, zone: [record('r1', '192.0.2.1')], history: [imported] },
    );
    expect(steps(plan)).toEqual(['update r1, create-text a-app.example.com']);
    expect(plan.refuse).toHaveLength(1);
  });
});

describe('import from another Routeflare', () => {
  const REQUEST: ActRequest = { kind: 'import-marked', owner: 'theirs' };
  const comment = 'by hand record-owner-id=theirs';

  test('takes over what bears its mark and is wanted, and tells of the rest', () => {
    const plan = act(REQUEST, {
      wants: [want('192.0.2.1')],
      zone: [
        record('r1', '192.0.2.9', { comment }),
        record('r2', '192.0.2.2', { comment, name: 'gone.example.com' }),
        record('r3', '192.0.2.3', { comment: 'record-owner-id=others', name: 'x.example.com' }),
      ],
    });
    expect(steps(plan)).toEqual(['update r1']);
    expect(plan.changes[0]?.write).toMatchObject({
      content: '192.0.2.1',
      comment: 'by hand record-owner-id=me 11111111:HTTPRoute/web/app',
    });
    expect(plan.notes).toEqual([expect.stringContaining('A gone.example.com')]);
  });

  test('our own owner is no other', () => {
    const plan = act(
      { kind: 'import-marked', owner: 'me' },
      { wants: [want('192.0.2.1')], claims: [claim('r1', '192.0.2.1')], zone: [record('r1', '192.0.2.9')] },
    );
    expect(steps(plan)).toEqual([]);
    expect(plan.notes).toHaveLength(1);
  });

  test('another type of record is not taken for it', () => {
    const plan = act(REQUEST, {
      wants: [want('192.0.2.1')],
      zone: [record('r1', 'x.example.net', { type: 'CNAME', comment })],
    });
    expect(steps(plan)).toEqual([]);
  });
});
