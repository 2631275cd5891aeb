import { expect, test } from 'vitest';
import { auditZone } from '../../src/plan/audit.ts';
import { AT, claim, host, inputOf, record, want, type Scene } from './fixture.ts';

const audited = (scene: Scene): string[] =>
  auditZone(inputOf(scene)).map(({ kind, name, mend }) => `${kind} ${name}: ${mend}`);

const STRANGER = { comment: '' };
const TAKEN = { comment: 'record-owner-id=somebody' };
const APP = 'app.example.com';

test('a stranger comes with the command that mends it', () => {
  const wants = [want('203.0.113.7')];
  const by = (more: Partial<Parameters<typeof record>[2]>, ...others: ReturnType<typeof record>[]) =>
    audited({ wants, zone: [record('s1', '192.0.2.1', more), ...others] });
  expect(by(STRANGER)).toEqual([`stranger ${APP}: routeflare adopt ${APP} takes over what has no owner`]);
  expect(by(TAKEN)).toEqual([
    `stranger ${APP}: where somebody runs no more, routeflare import routeflare --owner somebody; else it has to let go of the name`,
  ]);
  const text = { type: 'TXT', comment: '', name: `a-${APP}` };
  const registry = record('t1', '"heritage=external-dns,external-dns/owner=default"', text);
  expect(by(STRANGER, registry)).toEqual([
    `stranger ${APP}: stop external-dns, then routeflare import external-dns --owner default`,
  ]);
  expect(by({ type: 'NS', comment: '' })).toEqual([
    `stranger ${APP}: publish the name in the zone that the NS record hands it to, or remove that NS record`,
  ]);
  expect(by({ ...STRANGER, readOnly: true })).toEqual([
    `stranger ${APP}: remove it at Cloudflare, or take the name from the source`,
  ]);
});

test('a record of ours that another owner marked has not drifted: it is ours no more', () => {
  const zone = [record('r1', '203.0.113.7', TAKEN)];
  expect(audited({ wants: [want('203.0.113.7')], claims: [claim('r1', '203.0.113.7')], zone })).toEqual([
    `stranger ${APP}: remove it at Cloudflare, or take the name from the source`,
    `released ${APP}: none: it is not ours any more, and never written`,
  ]);
});

test('a record marked ours that the ledger lacks says what check does with it', () => {
  const zone = [record('r1', '203.0.113.7')];
  expect(audited({ wants: [want('203.0.113.7')], zone })).toEqual([`missing ${APP}: routeflare check`]);
  expect(audited({ zone })).toEqual([
    `missing ${APP}: routeflare check takes it in, and deletes it after DELETE_DELAY where its source is gone; to keep it, take the marker out of its comment before`,
  ]);
});

test('where STRATEGY deletes nothing, no mend promises that approve does', () => {
  const zone = [
    record('r1', '203.0.113.7'),
    record('r2', '203.0.113.7', { name: 'left.example.com' }),
    record('r3', '203.0.113.7', { name: 'orphan.example.com', comment: 'record-owner-id=old-me' }),
  ];
  const claims = [
    claim('r1', '203.0.113.7', { state: 'held', stateReason: 'gone' }),
    claim('r2', '203.0.113.7', { name: host('left.example.com'), state: 'left', stateReason: 'gone' }),
  ];
  const told = audited({ claims, zone, limits: { strategy: 'upsert-only' } });
  expect(told).toEqual([
    `held ${APP}: set STRATEGY to full: it goes then, under the brake`,
    `orphan orphan.example.com: set STRATEGY to full first; routeflare approve deletes it then`,
    `left left.example.com: set STRATEGY to full first; routeflare approve deletes it then; routeflare release left.example.com lets it go`,
  ]);
});

test('nothing makes a record whose source is gone go sooner', () => {
  const zone = [record('r1', '203.0.113.7')];
  const doomed = claim('r1', '203.0.113.7', { state: 'deleting', stateReason: 'gone', doomedAt: AT });
  expect(audited({ claims: [doomed], zone })).toEqual([`dangling ${APP}: none: it goes after DELETE_DELAY`]);
});

test('a held deletion comes with what holds it, and with the way back', () => {
  const zone = [record('r1', '203.0.113.7')];
  const claims = [claim('r1', '203.0.113.7', { state: 'held', stateReason: 'its holder is gone' })];
  const held = new Map([['r1', '10 of 12 would go']]);
  expect(auditZone(inputOf({ claims, zone, limits: { held } }))).toMatchObject([
    {
      kind: 'held',
      why: 'its holder is gone; held because 10 of 12 would go',
      mend: 'if this was not meant, bring back what asked for it; routeflare approve deletes it for good',
    },
  ]);
});
