import { describe, expect, it } from 'vitest';
import { parseLabelSelector } from '../../src/domain/label-selector.ts';

function select(text: string, labels: Record<string, string>): boolean {
  const parsed = parseLabelSelector(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value.selects(labels);
}

describe('a label selector', () => {
  it.each([
    ['', {}, true],
    ['a=b', { a: 'b' }, true],
    ['a==b', { a: 'b' }, true],
    ['a=b', { a: 'c' }, false],
    ['a=b', {}, false],
    ['a=', { a: '' }, true],
    ['a!=b', {}, true],
    ['a!=b', { a: 'b' }, false],
    [' a = b , c != d ', { a: 'b', c: 'e' }, true],
    ['a=b,c!=d', { a: 'b', c: 'd' }, false],
    ['e in (x,y)', { e: 'y' }, true],
    ['e in (x, y)', { e: 'z' }, false],
    ['e in (x)', {}, false],
    ['e notin (x,y)', {}, true],
    ['e notin (x,y)', { e: 'x' }, false],
    ['g', { g: '' }, true],
    ['g', {}, false],
    ['!f', {}, true],
    ['! f', { f: '1' }, false],
    ['n>3', { n: '4' }, true],
    ['n>3', { n: '3' }, false],
    ['n<3', { n: '-1' }, true],
    ['n<3', { n: 'many' }, false],
    ['n<3', {}, false],
    ['app.kubernetes.io/name=web,e in (x,y),!f,g', { 'app.kubernetes.io/name': 'web', e: 'x', g: '1' }, true],
    ['constructor', {}, false],
    ['!constructor', {}, true],
  ])('%j on %j is %s', (text, labels, expected) => {
    expect(select(text, labels)).toBe(expected);
  });

  it.each([
    'a=b=c',
    'a b',
    'in (x)',
    'a in x',
    'a in (x',
    '-a=b',
    'a=-b',
    'a,,b',
    'n>x',
    'UPPER.example/name/more=x',
    `${'k'.repeat(64)}=x`,
  ])('%j is refused, and quoted', (text) => {
    const parsed = parseLabelSelector(text);
    expect(parsed.ok ? '' : parsed.error).toContain(text);
  });
});
