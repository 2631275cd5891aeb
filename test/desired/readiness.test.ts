import { describe, expect, it } from 'vitest';
import type { Readiness } from '../../src/domain/cluster.ts';
import { deriveDesired } from '../../src/desired/desired.ts';
import type { Step } from '../../src/desired/trace.ts';
import { claim, derive, fateOf, inputOf, problems, published, route, type Scene } from './builders.ts';

const annotations = { 'content-mode': 'gateway-address', 'require-ready': '90s' };
const routes = [route({ annotations })];
const claims = [claim()];
const A = ['A app.example.com 203.0.113.5'];
const at = (readiness: Readiness, more: Scene = {}): Scene => ({
  routes,
  readiness: { 'HTTPRoute/shop/app': readiness },
  ...more,
});
const unready = (isOver: boolean): Readiness => ({
  kind: 'unready',
  why: 'Service shop/app is down',
  isOver,
});
const stale = { kind: 'stale', why: 'no progress' } as const;

describe('require-ready', () => {
  it('publishes while a backend is ready', () => {
    expect(published(at({ kind: 'ready' }))).toEqual(A);
    expect(problems(at({ kind: 'ready' }))).toEqual([]);
  });

  it('keeps and serves what is published while the time is not over, and adds nothing', () => {
    expect(published(at(unready(false), { claims }))).toEqual(A);
    expect(fateOf(at(unready(false), { claims }))).toBe('wanted');
    expect(published(at(unready(false)))).toEqual([]);
    expect(problems(at(unready(false), { claims }))).toEqual([
      'NotReady HTTPRoute/shop/app -: Service shop/app is down; what is published goes when that lasts 1m30s',
    ]);
  });

  it('lets go once the time is over, as proof', () => {
    const over = at(unready(true), { claims });
    expect(published(over)).toEqual([]);
    expect(fateOf(over)).toBe('doomed:not-ready');
    expect(problems(over)[0]).toMatch(/^NotReady .*had none for 1m30s/);
  });

  it('concludes nothing from what is not known', () => {
    const unknown = { kind: 'unknown', why: 'EndpointSlices are not known: forbidden' } as const;
    expect(fateOf(at(unknown, { claims }))).toBe('wanted');
    expect(published(at(unknown))).toEqual([]);
    expect(problems(at(unknown))[0]).toMatch(/^Pending .*EndpointSlices are not known/);
    expect(published({ routes, claims })).toEqual(A);
    expect(published({ routes })).toEqual([]);
    expect(fateOf(at(unready(true), { claims, trust: stale }))).toBe('kept:pending');
  });

  it('leaves what is frozen or suspended as it is', () => {
    const suspended = [route({ annotations: { ...annotations, suspend: 'true' } })];
    expect(fateOf(at(unready(true), { claims, routes: suspended }))).toBe('kept:suspended');
    const frozen = [route({ annotations: { ...annotations, ttl: 'x' } })];
    expect(fateOf(at(unready(true), { claims, routes: frozen }))).toBe('kept:frozen');
  });

  it('that cannot be read freezes, and names what is allowed', () => {
    const wrong = { routes: [route({ annotations: { ...annotations, 'require-ready': '0s' } })], claims };
    expect(fateOf(wrong)).toBe('kept:frozen');
    expect(problems(wrong)[0]).toContain('routeflare/require-ready: "0s" cannot be used; allowed: true');
  });

  it('frees the name for another source', () => {
    const rival = route({ name: 'maintenance', createdAt: '2027-01-01T00:00:00Z' });
    const scene = at(unready(true), { claims, routes: [...routes, rival] });
    expect(derive(scene).wants.map(({ source }) => source.name)).toEqual(['maintenance']);
    expect(fateOf(scene)).toBe('wanted');
  });

  it.each([
    ['waiting with a record', at(unready(false), { claims })],
    ['waiting without one', at(unready(false))],
    ['over', at(unready(true), { claims })],
    ['unknown', at({ kind: 'unknown', why: 'forbidden' }, { claims })],
  ])('while %s tells the trace what it tells the problems', (_, scene) => {
    const steps: Step[] = [];
    const desired = deriveDesired({ ...inputOf(scene), trace: (step) => steps.push(step) });
    const told = steps.filter(({ check }) => check === 'require-ready');
    expect(told.map(({ passed, evidence }) => [passed, evidence])).toEqual(
      desired.problems.map(({ message }) => [false, message]),
    );
    expect(told).toHaveLength(1);
  });

  it('tells the trace that a backend is ready', () => {
    const steps: Step[] = [];
    deriveDesired({ ...inputOf(at({ kind: 'ready' })), trace: (step) => steps.push(step) });
    expect(steps.find(({ check }) => check === 'require-ready')?.passed).toBe(true);
  });
});
