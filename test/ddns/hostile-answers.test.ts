import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAnswer } from '../../src/ddns/answer.ts';
import { parseAddress } from '../../src/domain/address.ts';

const ASKED = new URL('https://echo.example/cdn-cgi/trace');
const body = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes).toString('utf8')),
  fc
    .array(
      fc.constantFrom(
        'ip=',
        'h=echo.example',
        '\n',
        '\r',
        '198.51.100.1',
        '::1',
        '\u0000',
        'warp=on',
        '<html>',
        ' ',
        '%eth0',
        '0x7f.0.0.1',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
  fc.integer({ min: 1, max: 1_000_000 }).map((length) => '1'.repeat(length)),
);

test('whatever an echo service says is one address, or a short reason why not', () => {
  fc.assert(
    fc.property(body, fc.constantFrom('text', 'trace', 'either'), (text, format) => {
      const answer = readAnswer(text, format, ASKED);
      const told = answer.ok ? answer.value : answer.error;
      expect(told.length).toBeLessThan(600);
      expect(answer.ok ? parseAddress(answer.value).ok : true).toBe(true);
    }),
    { numRuns: 500 },
  );
});
