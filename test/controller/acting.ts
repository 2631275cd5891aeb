import { carryOut, previewAct, type ActReport } from '../../src/controller/act.ts';
import { Loop } from '../../src/controller/loop.ts';
import type { ActRequest } from '../../src/plan/act-plan.ts';
import type { FakeWorld } from './fake-world.ts';

/** A start of the program, what it does until nothing is left to do, and what a person asks of it then. */
export async function passes(fake: FakeWorld, act?: (loop: Loop) => Promise<void>): Promise<void> {
  const loop = new Loop(fake.world);
  // The clock of this world stands still, so the end of the wait is the test's own.
  const settled = (): Promise<boolean> => loop.settled(1);
  try {
    loop.start();
    loop.changed();
    await settled();
    await act?.(loop);
    await settled();
  } finally {
    await loop.close();
  }
}

/** Asks for an act and agrees to all that is shown. */
export async function carriedOut(fake: FakeWorld, loop: Loop, request: ActRequest): Promise<ActReport> {
  const { world } = fake;
  const preview = await previewAct(loop, world, request);
  if (!preview.ok) throw new Error(preview.error);
  const report = await carryOut(loop, world, request, new Set(preview.value.lines.map(({ key }) => key)));
  if (!report.ok) throw new Error(report.error);
  return report.value;
}
