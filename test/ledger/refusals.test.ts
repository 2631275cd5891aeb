import { expect, test } from 'vitest';
import type { Hostname } from '../../src/domain/hostname.ts';
import { annotationsText, type Refusal } from '../../src/domain/refusal.ts';
import { freshPath, NOW, openLedger, value } from './fixture.ts';

const refusal: Refusal = {
  name: 'app.example.com' as Hostname,
  holder: { kind: 'HTTPRoute', namespace: 'web', name: 'app' },
  annotations: annotationsText({ 'content-mode': 'ddns' }),
  at: NOW,
};
const other: Refusal = { ...refusal, holder: { ...refusal.holder, name: 'other' } };

test('a refusal outlives the process, once for each name and holder, until it is withdrawn', () => {
  const path = freshPath();
  const first = openLedger(path);
  value(
    first.write((writer) => {
      for (const each of [refusal, other, { ...refusal, annotations: '{"adopt":"true"}' }])
        writer.refuse(each);
    }),
  );
  first.close();
  const second = openLedger(path);
  expect(second.read.refusals()).toEqual([other, { ...refusal, annotations: '{"adopt":"true"}' }]);
  value(second.write((writer) => writer.withdrawRefusal(other)));
  expect(second.read.refusals().map(({ holder }) => holder.name)).toEqual(['app']);
});

test('annotations are the same in whatever order they are written', () => {
  expect(annotationsText({ b: '1', a: '2' })).toBe(annotationsText({ a: '2', b: '1' }));
  expect(annotationsText({ a: '2' })).not.toBe(annotationsText({ a: '2', b: '' }));
});
