import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Controller } from './controller.ts';
import { eventually } from './eventually.ts';
import { isBatch, Scene } from './scene.ts';

const NAME = 'all.example.com';
const FOUR = ['203.0.113.1', '203.0.113.2', '203.0.113.3'];
const SIX = ['2001:db8::1', '2001:db8::2'];
const linesOf = (four: readonly string[], six: readonly string[] = SIX) => [
  ...four.map((address) => `A ${address}`),
  ...six.map((address) => `AAAA ${address}`),
];

describe('addresses: all publishes every address of a Gateway as one record set a family', () => {
  let scene: Scene;
  let controller: Controller;
  beforeAll(async () => {
    scene = await Scene.open({ home: [...FOUR, ...SIX] });
    controller = await scene.run();
    scene.route('all', { keys: { 'content-mode': 'gateway-address', type: 'A/AAAA', addresses: 'all' } });
    await scene.expectAt(NAME, linesOf(FOUR));
  });
  afterAll(() => scene.close());

  const idOf = (content: string) => scene.recordsAt(NAME).find((record) => record.content === content)?.id;
  const ids = () => new Map(scene.recordsAt(NAME).map(({ content, id }) => [content, id]));

  test('planned and owned as a set: one batch, and a marked record and a row for each', async () => {
    const writes = scene.writesOf(NAME);
    expect(writes).toHaveLength(1);
    expect(writes.every(isBatch)).toBe(true);
    for (const { comment } of scene.recordsAt(NAME)) expect(comment).toMatch(/:HTTPRoute\/apps\/all$/);
    await eventually(() =>
      expect(scene.ledger('SELECT content FROM records WHERE name = ?', NAME)).toHaveLength(5),
    );
  });

  test('one that drifted or was deleted is put right alone', async () => {
    const before = ids();
    scene.cloudflare.edit('example.com', before.get('203.0.113.2') ?? '', { content: '198.51.100.7' });
    scene.cloudflare.remove('example.com', before.get('2001:db8::1') ?? '');
    await controller.check('example.com');
    await scene.expectAt(NAME, linesOf(FOUR));
    for (const content of [...FOUR, '2001:db8::2']) expect(idOf(content)).toBe(before.get(content));
    await scene.expectEvent('all', 'DriftCorrected', /203\.0\.113\.2/);
  });

  test('one that a person adds is left, and told; it goes on standing beside the set', async () => {
    const before = ids();
    const extra = scene.cloudflare.create('example.com', {
      name: NAME,
      type: 'A',
      content: '198.51.100.9',
    });
    await controller.check('example.com');
    await scene.expectEvent('all', 'RecordConflict', new RegExp(`beside it stands A .*${extra.id}`));
    expect(ids()).toEqual(new Map([...before, ['198.51.100.9', extra.id]]));
    scene.cloudflare.remove('example.com', extra.id);
    await controller.check('example.com');
    await eventually(async () =>
      expect(await controller.metric('problems{reason="RecordConflict"}')).toBe(0),
    );
  });

  test('the set follows the Gateway: what stays keeps its record, what is new comes, what is gone goes', async () => {
    const before = ids();
    scene.home('203.0.113.3', '203.0.113.4', ...SIX);
    await scene.expectAt(NAME, linesOf(['203.0.113.3', '203.0.113.4']));
    expect(idOf('203.0.113.3')).toBe(before.get('203.0.113.3'));
    for (const content of SIX) expect(idOf(content)).toBe(before.get(content));
  });

  test('first again leaves one of each family, in place; and a route that is gone takes all', async () => {
    const before = ids();
    scene.annotate('all', { addresses: 'first' });
    await eventually(() => expect(scene.at(NAME)).toHaveLength(2));
    for (const { content, id } of scene.recordsAt(NAME)) expect(id).toBe(before.get(content));
    scene.annotate('all', { addresses: 'all' });
    await eventually(() => expect(scene.at(NAME)).toHaveLength(4));
    scene.unroute('all');
    await scene.expectAt(NAME, []);
  });
});
