import { describe, expect, test } from 'vitest';
import { forbiddenBy } from '../../src/controller/permitted-change.ts';
import type { Claim } from '../../src/domain/claim.ts';
import type { Permit } from '../../src/domain/permit.ts';
import { creations, deletions, updates } from '../apply/changes.ts';
import type { Change } from '../../src/plan/plan.ts';

const ALL: Permit = { kind: 'all', tenure: 1 };
const NONE: Permit = { kind: 'none', why: 'somebody else writes' };
const DDNS: Permit = { kind: 'own-ddns', why: 'the API server is away' };

const NAMES = ['app.example.com'];
const [update] = updates(NAMES);
const [creation] = creations(NAMES);
const [deletion] = deletions(NAMES);
if (update?.claim === undefined || creation === undefined || deletion === undefined)
  throw new Error('no changes');
const row: Claim = { ...update.claim, mode: 'ddns' };
const ddns: Change = { ...update, claim: row };
const before = () => [row];

describe('the permit', () => {
  test('of a holder lets all through, and without it nothing', () => {
    for (const change of [update, creation, deletion, ddns]) {
      expect(forbiddenBy(ALL, change, ALL, before)).toBeUndefined();
      expect(forbiddenBy(NONE, change, ALL, before)).toBe('somebody else writes');
    }
  });

  test.each<readonly [string, Permit]>([
    ['before somebody else may have held it', { kind: 'all', tenure: 0 }],
    ['without an API server', DDNS],
  ])('of a holder lets nothing through that was planned %s', (_when, planned) => {
    for (const change of [update, creation, deletion, ddns])
      expect(forbiddenBy(ALL, change, planned, before)).toMatch(/planned again/);
  });

  test('of a holder without an API server lets a ddns record of ours follow its address, in place', () => {
    expect(forbiddenBy(DDNS, ddns, DDNS, before)).toBeUndefined();
  });

  test.each<readonly [string, Change]>([
    ['a creation', creation],
    ['a deletion', deletion],
    ['an update of another mode', update],
    ['a take-over', { ...ddns, happening: 'Adopted' }],
    ['another record than the row has', { ...ddns, write: { kind: 'update', id: 'another' } }],
    ['a change that ends another row', { ...ddns, drops: ['r9'] }],
    ['a change of type', { ...ddns, before: ddns.before && { ...ddns.before, type: 'CNAME' } }],
    ['what was not there', { ...ddns, before: undefined }],
  ])('but not %s', (_what, change) => {
    expect(forbiddenBy(DDNS, change, DDNS, before)).toBe('the API server is away');
  });

  test.each<readonly [string, readonly Claim[]]>([
    ['that followed something else', [{ ...row, mode: 'gateway-address' }]],
    ['of which only a marker says that it is ours', []],
  ])('nor a record %s so far', (_what, claims) => {
    expect(forbiddenBy(DDNS, ddns, DDNS, () => claims)).toBe('the API server is away');
  });
});
