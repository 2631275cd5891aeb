import { beforeEach, describe, expect, it } from 'vitest';
import { Notice, noticeRequest } from '../../src/telemetry/notice.ts';
import type { Approvable } from '../../src/domain/approvable.ts';

let waiting: readonly Approvable[] | undefined;
let refused: string | undefined;
let sent: string[] = [];
let told: (string | undefined)[] = [];
let at = 0;

function aRecord(name: string, kind: Approvable['kind'] = 'held'): Approvable {
  const why = '6 of 8 managed records would be deleted together';
  const zone = { zoneId: 'z1', zone: 'example.com' };
  return { kind, recordId: `id-of-${name}`, ...zone, name, type: 'A', content: '203.0.113.7', why };
}

function aNotice(): Notice {
  return new Notice({
    waiting: () => waiting,
    send: async (text) => {
      sent.push(text);
      return refused;
    },
    onSending: (failure) => told.push(failure),
    now: () => at,
  });
}

beforeEach(() => {
  waiting = [];
  refused = undefined;
  sent = [];
  told = [];
  at = 0;
});

describe('a notice', () => {
  it('tells of held deletions and orphans together, with the command that lets them go', async () => {
    waiting = [aRecord('a.example.com'), aRecord('b.example.com'), aRecord('c.example.com', 'orphan')];
    await aNotice().look();
    expect(sent).toEqual([
      '2 deletions are held back: a.example.com A, b.example.com A. 6 of 8 managed records would be deleted together.\n' +
        '1 orphan is left as found: c.example.com A.\n' +
        'Look at them, and let them go, with: routeflare approve',
    ]);
  });

  it('comes once for each, and again only for one that was gone in between', async () => {
    const notice = aNotice();
    waiting = [aRecord('a.example.com')];
    await notice.look();
    await notice.look();
    expect(sent).toHaveLength(1);
    waiting = [aRecord('a.example.com'), aRecord('b.example.com')];
    await notice.look();
    expect(sent).toHaveLength(2);
    expect(sent[1]).toMatch(/^1 deletion is held back: b\.example\.com A\./);
    waiting = [aRecord('b.example.com')];
    await notice.look();
    waiting = [aRecord('a.example.com'), aRecord('b.example.com')];
    await notice.look();
    expect(sent[2]).toMatch(/^1 deletion is held back: a\.example\.com A\./);
  });

  it('says nothing where nothing waits, where it is not known yet, or of what a person left', async () => {
    const notice = aNotice();
    await notice.look();
    waiting = undefined;
    await notice.look();
    waiting = [aRecord('a.example.com', 'left')];
    await notice.look();
    expect(sent).toEqual([]);
  });

  it('that could not be sent is tried again after a minute, and its failing is told once', async () => {
    const notice = aNotice();
    waiting = [aRecord('a.example.com')];
    refused = 'HTTP 503';
    await notice.look();
    at += 59_000;
    await notice.look();
    expect(sent).toHaveLength(1);
    at += 1_000;
    refused = undefined;
    await notice.look();
    await notice.look();
    expect(sent).toHaveLength(2);
    expect(told).toEqual(['HTTP 503', undefined]);
  });

  it('shows names of strangers as text', async () => {
    waiting = [aRecord('a.example.com\u202e\nb', 'orphan')];
    await aNotice().look();
    expect(sent[0]).toMatch(/^1 orphan is left as found: a\.example\.com\uFFFD b A\.\n/);
  });

  it('of many names shows ten', async () => {
    waiting = Array.from({ length: 25 }, (_, n) => aRecord(`r${n}.example.com`));
    await aNotice().look();
    expect(sent[0]).toMatch(
      /^25 deletions are held back: r0\.example\.com A, .* r9\.example\.com A and 15 more\./,
    );
  });
});

describe('what is sent', () => {
  const url = new URL('https://ntfy.example/topic');

  it('as text is the body, with a title for ntfy', () => {
    expect(noticeRequest(url, 'text', 'one\ntwo')).toMatchObject({
      method: 'POST',
      url,
      headers: { 'content-type': 'text/plain; charset=utf-8', title: 'Routeflare' },
      body: 'one\ntwo',
    });
  });

  it('to Slack and its likes is JSON with a text', () => {
    const { headers, body } = noticeRequest(url, 'slack', 'one\n"two" <!channel> & all');
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(body)).toEqual({ text: 'Routeflare: one\n"two" &lt;!channel&gt; &amp; all' });
  });
});
