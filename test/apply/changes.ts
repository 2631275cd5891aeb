import type { Change } from '../../src/plan/plan.ts';
import { claim, host, plan, record, want, type Scene as PlanScene } from '../plan/fixture.ts';

/** Creations as the planner makes them: `size` addresses at each name. */
export function creations(names: readonly string[], size = 1): readonly Change[] {
  return changesOf({
    wants: names.map((name) => want(addresses(size), { name: host(name) })),
    zone: [],
  });
}

/** In-place updates of records `r0`, `r1`, … at these names. */
export function updates(names: readonly string[], content = '198.51.100.1'): readonly Change[] {
  return changesOf({
    wants: names.map((name) => want(content, { name: host(name) })),
    claims: claimsOf(names),
  });
}

export function deletions(names: readonly string[]): readonly Change[] {
  const doomed = { state: 'deleting', doomedAt: '2026-03-01T11:00:00.000Z' } as const;
  return changesOf({
    claims: claimsOf(names).map((each) => ({ ...each, ...doomed })),
    zone: recordsOf(names),
  });
}

export function claimsOf(names: readonly string[]) {
  return names.map((name, index) => claim(`r${index}`, '192.0.2.1', { name: host(name) }));
}

export function recordsOf(names: readonly string[]) {
  return names.map((name, index) => record(`r${index}`, '192.0.2.1', { name }));
}

export function namesOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `n${String(index).padStart(3, '0')}.example.com`);
}

export function changesOf(scene: PlanScene): readonly Change[] {
  return plan(scene).changes;
}

function addresses(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `192.0.2.${index + 1}`);
}
