import { refText } from '../domain/source.ts';
import type { Fate } from '../domain/want.ts';
import { heldAt, problemOf, type SourceCase } from './source-case.ts';
import type { SourceVerdict } from './source-verdict.ts';
import { note } from './trace.ts';

/**
 * `require-ready`: publish only while a backend has a ready endpoint. While it has none, and that is not over yet
 * or not certain, records that are there are served as ever and none is added; once it is over, they go.
 */
export function withReadiness(at: SourceCase, verdict: SourceVerdict): SourceVerdict {
  const { readyGraceMs } = at.settings;
  if (readyGraceMs === undefined) return verdict;
  const readiness = at.world.input.cluster.readiness?.get(refText(at.source)) ?? {
    kind: 'unknown',
    why: 'its backends were not looked at yet',
  };
  if (readiness.kind === 'ready') {
    note(at, 'require-ready', true, () => 'a backend has a ready endpoint');
    return verdict;
  }
  const { why } = readiness;
  if (readiness.kind === 'unready' && readiness.isOver) {
    const text = `${why}, and had none for ${durationText(readyGraceMs)}: not published until it has one`;
    note(at, 'require-ready', false, () => text);
    return {
      ...verdict,
      wants: [],
      problems: [...verdict.problems, problemOf(at, 'NotReady', text)],
      fateOf: (claim) => overdue(verdict.fateOf(claim), why),
    };
  }
  const wants = verdict.wants.filter(({ name }) => heldAt(at, name).length > 0);
  const held = wants.length > 0 ? `what is published goes when that lasts ${durationText(readyGraceMs)}` : '';
  const text = [why, held === '' ? 'nothing is published until it has one' : held].join('; ');
  const problem =
    readiness.kind === 'unready'
      ? problemOf(at, 'NotReady', text)
      : problemOf(at, 'Pending', `routeflare/require-ready: ${why}; nothing is added, and nothing goes`);
  note(at, 'require-ready', false, () => problem.message);
  return { ...verdict, wants, problems: [...verdict.problems, problem] };
}

/** What somebody wants left alone, or lets go for another reason, stays so. */
function overdue(fate: Fate, why: string): Fate {
  const isStill = fate.kind === 'kept' && (fate.state === 'suspended' || fate.state === 'frozen');
  return isStill || fate.kind === 'doomed' ? fate : { kind: 'doomed', evidence: 'not-ready', why };
}

function durationText(ms: number): string {
  const units: readonly (readonly [string, number])[] = [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ];
  let rest = ms;
  const parts = units.map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? '' : `${count}${unit}`;
  });
  return parts.join('');
}
