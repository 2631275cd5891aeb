import { describe, expect, test } from 'vitest';
import { claim, host, lines, plan, record, want, type Scene } from './fixture.ts';

const OURS = { wants: [want('192.0.2.1')], claims: [claim('r1', '192.0.2.1')] };
const ours = record('r1', '192.0.2.1');
const ns = (name: string) =>
  record('ns', 'ns.elsewhere.example', { name, type: 'NS', comment: '', content: 'ns.elsewhere.example' });
const texts = (scene: Scene) => plan(scene).problems.map(({ message }) => message);

describe('an NS record', () => {
  test('on the name: nothing is made beside it, and what to do is said', () => {
    const scene = { wants: [want('192.0.2.1')], zone: [ns('app.example.com')] };
    expect(lines(scene)).toEqual(['! RecordConflict A app']);
    expect(texts(scene)[0]).toMatch(/blocked by NS .* publish the name there, or remove the NS record$/);
  });

  test('above the name: the record is made, and the source is told that it answers nobody', () => {
    const deep = want('192.0.2.1', { name: host('a.b.example.com') });
    const scene = { wants: [deep], zone: [ns('b.example.com')] };
    expect(lines(scene)).toEqual([expect.stringContaining('+ A a.b 192.0.2.1'), '! RecordConflict A a.b']);
    expect(texts(scene)[0]).toMatch(/^A a\.b\.example\.com answers nobody: the NS record on b\.example\.com/);
  });

  test('that came later onto a name of ours', () => {
    expect(lines({ ...OURS, zone: [ours, ns('app.example.com')] })).toEqual(['! RecordConflict A app']);
  });

  test('of the zone itself, or of another name, is nothing', () => {
    expect(lines({ ...OURS, zone: [ours, ns('example.com'), ns('pp.example.com')] })).toEqual([]);
  });

  test('is remembered from the last list, for names that come later', () => {
    const { surroundings } = plan({ zone: [ns('b.example.com')] });
    const deep = { wants: [want('192.0.2.1', { name: host('a.b.example.com') })], surroundings };
    expect(lines({ ...deep, names: { 'a.b.example.com': [] } })).toContain('! RecordConflict A a.b');
    expect(lines({ ...deep, zone: [] })).not.toContain('! RecordConflict A a.b');
  });
});

describe('a stranger’s record beside one of ours', () => {
  const stranger = record('x', '198.51.100.9', { comment: '' });

  test('is left, and the source is told that the name does not answer alone', () => {
    const scene = { ...OURS, zone: [ours, stranger] };
    expect(lines(scene)).toEqual(['! RecordConflict A app']);
    expect(texts(scene)[0]).toMatch(/beside it stands A 198\.51\.100\.9 \(record x has no owner's marker\)/);
  });

  test('is told on every pass until the name is read without it', () => {
    const { surroundings } = plan({ ...OURS, zone: [ours, stranger] });
    expect(lines({ ...OURS, surroundings })).toEqual(['! RecordConflict A app']);
    expect(lines({ ...OURS, surroundings, names: { 'app.example.com': [ours] } })).toEqual([]);
    expect(lines({ surroundings })).toEqual([]);
  });

  test('is nothing once it is adopted', () => {
    const app = { wants: [want('198.51.100.9', { adopt: true })] };
    const made = plan({ ...app, zone: [stranger] });
    expect(made.changes.map(({ action }) => action)).toEqual(['adopt']);
    expect(made.problems).toEqual([]);
    const { surroundings } = made;
    expect(lines({ ...app, claims: [claim('x', '198.51.100.9')], surroundings })).toEqual([]);
  });

  test('of a type that goes beside it is nothing, nor is one of ours', () => {
    const six = record('x', '2001:db8::9', { type: 'AAAA', comment: '' });
    const text = record('t', 'hello', { type: 'TXT', comment: '' });
    expect(lines({ ...OURS, zone: [ours, six, text] })).toEqual([]);
  });
});
