import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bisect, chunk } from '../../src/apply/batch.ts';
import { creations } from './changes.ts';

/** Changes of a few names, as a plan has them: those of one name together. */
const changes = fc
  .array(fc.integer({ min: 1, max: 3 }), { maxLength: 40 })
  .map((sizes) => sizes.flatMap((size, name) => creations([`n${name}.example.com`], size)));

test('a batch never splits a name, keeps the order, and is as large as it may be', () => {
  fc.assert(
    fc.property(changes, fc.integer({ min: 3, max: 20 }), (all, limit) => {
      const batches = chunk(all, limit);
      expect(batches.flat()).toEqual(all);
      expect(batches.every((batch) => batch.length <= limit && batch.length > 0)).toBe(true);
      const names = batches.map((batch) => new Set(batch.map(({ name }) => name)));
      expect(names.reduce((sum, each) => sum + each.size, 0)).toBe(new Set(all.map(({ name }) => name)).size);
      const needless = batches.some((batch, index) => {
        const next = batches[index + 1];
        const group = next?.filter(({ name }) => name === next[0]?.name) ?? [];
        return group.length > 0 && batch.length + group.length <= limit;
      });
      expect(needless).toBe(false);
    }),
  );
});

test('a name with more changes than a batch takes stays whole: Cloudflare then says so', () => {
  expect(chunk(creations(['a.example.com'], 5), 3)).toHaveLength(1);
});

test('halves hold the same changes in order, split between names; one name is not split', () => {
  fc.assert(
    fc.property(changes, (all) => {
      const halves = bisect(all);
      const names = new Set(all.map(({ name }) => name)).size;
      expect(halves?.flat()).toEqual(names < 2 ? undefined : all);
      const [first = [], second = []] = halves ?? [];
      expect(first.filter(({ name }) => second.some((other) => other.name === name))).toEqual([]);
    }),
  );
});
