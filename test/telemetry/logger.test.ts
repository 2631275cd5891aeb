import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../src/telemetry/logger.ts';
import { SecretWords } from '../../src/telemetry/secret-words.ts';
import { CapturedStream } from './captured.ts';

async function capture(format: 'json' | 'pretty', level: 'info' | 'debug' = 'info') {
  const secrets = new SecretWords();
  const sink = new CapturedStream();
  const log = await createLogger({ level, format }, secrets, sink);
  return { secrets, sink, log };
}

/** The places a token could sneak into a line by. */
const PATHS: Readonly<Record<string, (token: string) => object>> = {
  'a field': (token) => ({ token }),
  'a text around it': (token) => ({ header: `Bearer ${token}, and more` }),
  'a key': (token) => ({ [token]: 1 }),
  'an error': (token) => ({ err: new Error(`refused ${token}`) }),
  'a cause': (token) => ({ err: new Error('outer', { cause: new Error(`inner ${token}`) }) }),
  'a property of an error': (token) => ({
    err: Object.assign(new Error('no'), { request: { headers: { authorization: [`Bearer ${token}`] } } }),
  }),
  'an aggregate': (token) => ({ err: new AggregateError([new Error(token)], 'all failed') }),
  'a URL': (token) => ({ url: new URL(`https://x.example/?key=${encodeURIComponent(token)}`).href }),
  'its base64 form': (token) => ({ basic: Buffer.from(token).toString('base64') }),
  'a list': (token) => ({ list: [[{ deep: [token] }]] }),
};

describe('createLogger', () => {
  it.each(Object.keys(PATHS))('hides a secret that comes in %s', async (path) => {
    const tokens = fc.stringMatching(/^[!#-&(-[\]-~]{8,50}$/);
    const json = await capture('json');
    const pretty = await capture('pretty');
    fc.assert(
      fc.property(tokens, (token) => {
        for (const { log, secrets, sink } of [json, pretty]) {
          secrets.add(token);
          sink.text = '';
          log.warn(PATHS[path]!(token), 'something happened');
          expect(sink.text).toContain('something happened');
          expect(sink.text).not.toContain(token);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('hides it in a child, and in a token that came later', async () => {
    const { log, secrets, sink } = await capture('json');
    const child = log.child({ bound: 'later-token-0123' });
    secrets.add('first-token-0123');
    secrets.add('later-token-0123');
    child.info({ also: 'first-token-0123' }, 'said');
    expect(sink.lines).toMatchObject([{ bound: '[secret]', also: '[secret]' }]);
  });

  it('writes lines of JSON with the level as a word and the time as ISO 8601', async () => {
    const { log, sink } = await capture('json');
    log.info({ zone: 'example.com' }, 'said');
    log.debug('too quiet');
    expect(sink.lines).toEqual([
      { level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), zone: 'example.com', msg: 'said' },
    ]);
  });

  it('writes for people when asked', async () => {
    const { log, sink } = await capture('pretty', 'debug');
    log.debug({ zone: 'example.com' }, 'said');
    expect(sink.text).toMatch(/DEBUG.*said/);
    expect(sink.text).toContain('zone: "example.com"');
  });
});

describe('SecretWords', () => {
  it('leaves texts alone that are too short to be a secret', () => {
    const secrets = new SecretWords();
    secrets.add('');
    secrets.add('a');
    expect(secrets.redact('a plain text')).toBe('a plain text');
  });
});
