import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../src/ddns/answer.ts';
import { traceBody } from './echo-server.ts';

const ASKED = new URL('http://127.0.0.1:8080/trace');

describe('plain text', () => {
  it.each(['81.2.69.142', '81.2.69.142\n', ' \t81.2.69.142\r\n\n'])('%j is an address', (body) => {
    expect(readAnswer(body, 'either', ASKED)).toEqual({ ok: true, value: '81.2.69.142' });
  });

  it.each([
    '',
    ' \n',
    '081.2.69.142',
    '81.2.69.142 81.2.69.143',
    '81.2.69.142,',
    '81.2.69.142:443',
    '0x51.2.69.142',
    'fe80::1%eth0',
    '[2a01:4f8::1]',
    '<!doctype html><title>Sign in</title>',
    '{"ip":"81.2.69.142"}',
    '８１.2.69.142',
  ])('%j is none', (body) => {
    expect(readAnswer(body, 'either', ASKED).ok).toBe(false);
  });

  it('shows no more than the beginning of what came instead', () => {
    const answer = readAnswer(`<html>${'x'.repeat(3000)}`, 'either', ASKED);
    expect(answer.ok ? '' : answer.error).toSatisfy((text: string) => text.length > 10 && text.length < 100);
  });
});

describe('a trace', () => {
  it('gives its address', () => {
    expect(readAnswer(traceBody({}), 'either', ASKED)).toEqual({ ok: true, value: '81.2.69.142' });
    expect(readAnswer(traceBody({ h: '127.0.0.1:8080' }), 'trace', ASKED).ok).toBe(true);
  });

  it.each([
    [{ warp: 'on' }, /warp="on"/],
    [{ warp: 'plus' }, /warp="plus"/],
    [{ gateway: 'on' }, /gateway="on"/],
    [{ h: 'portal.example' }, /"portal\.example"/],
    [{ ip: '' }, /empty/],
    [{ ip: '081.2.69.142' }, /not an IP address/],
    [{ ts: '1\nip=8.8.8.8' }, /twice/],
  ])('with %j is refused', (fields, why) => {
    expect(readAnswer(traceBody(fields), 'either', ASKED)).toEqual({
      ok: false,
      error: expect.stringMatching(why),
    });
  });

  it('without its host is refused', () => {
    expect(readAnswer('ip=81.2.69.142\nwarp=off\n', 'either', ASKED).ok).toBe(false);
  });

  it('is required where the service speaks nothing else', () => {
    expect(readAnswer('81.2.69.142', 'trace', ASKED).ok).toBe(false);
  });
});
