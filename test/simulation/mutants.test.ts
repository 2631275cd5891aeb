import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EVENT_KINDS } from './history.ts';
import { MUTANTS } from './mutant-list.ts';

const SOURCES = join(import.meta.dirname, '../../src');
const timesIn = (file: string, text: string): number =>
  readFileSync(join(SOURCES, file), 'utf8').split(text).length - 1;

it.each(MUTANTS)('"$name" can be planted', ({ file, find, also, favours }) => {
  expect(timesIn(file, find)).toBe(1);
  expect(also === undefined || timesIn(also.file, also.find) > 0).toBe(true);
  expect(EVENT_KINDS).toEqual(expect.arrayContaining([...(favours ?? [])]));
});
