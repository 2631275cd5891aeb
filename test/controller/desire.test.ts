import { expect, it } from 'vitest';
import { Desire } from '../../src/controller/desire.ts';
import type { Readiness, Trust } from '../../src/domain/cluster.ts';
import { known } from '../../src/domain/observation.ts';
import type { DesiredInput } from '../../src/desired/desired.ts';
import {
  claim,
  gateway,
  inputOf,
  listener,
  listenerSet,
  parentRef,
  route,
  ZONE,
} from '../desired/builders.ts';
import { FakeWorld } from './fake-world.ts';

/** What is wanted of a cluster that may change without any event: by time alone. */
function desireOf(input: () => DesiredInput): Desire {
  const { world } = new FakeWorld();
  const cluster = { ...world.cluster, snapshot: () => input().cluster };
  const zones = known([ZONE]);
  return new Desire(
    { ...world, cluster },
    () => zones,
    () => 0,
  );
}

it('ListenerSets that went stale by time alone prove nothing any more', () => {
  const set = { kind: 'ListenerSet', namespace: 'team', name: 'more' } as const;
  let trust: Trust = { kind: 'current' };
  const desire = desireOf(() =>
    inputOf({
      routes: [route({ parentRefs: [parentRef(set)] })],
      gateways: [gateway({ allowedListeners: { from: 'All', selector: undefined } })],
      listenerSets: [listenerSet({ listeners: [listener({ name: 'x', hostname: 'other.example.com' })] })],
      listenerSetTrust: trust,
    }),
  );
  const claims = [claim({ via: set })];
  expect(desire.now(claims).fates.get('record-1')?.kind).toBe('doomed');
  trust = { kind: 'stale', why: 'no progress of the watch for 601 s' };
  expect(desire.now(claims).fates.get('record-1')?.kind).toBe('kept');
});

it('readiness that became unknown by time alone proves nothing any more', () => {
  let readiness: Readiness = { kind: 'unready', why: 'no endpoint', isOver: true };
  const annotations = { 'content-mode': 'gateway-address', 'require-ready': '10m' };
  const desire = desireOf(() =>
    inputOf({ routes: [route({ annotations })], readiness: { 'HTTPRoute/shop/app': readiness } }),
  );
  const claims = [claim()];
  expect(desire.now(claims).fates.get('record-1')?.kind).toBe('doomed');
  readiness = { kind: 'unknown', why: 'EndpointSlices are not known: no progress of the watch for 601 s' };
  expect(desire.now(claims).fates.get('record-1')?.kind).toBe('wanted');
});
