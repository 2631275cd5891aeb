import type { App } from '../app/app.ts';
import { carryOut, previewAct, resume, type ActPreview, type ActReport } from '../controller/act.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { ActRequest } from '../plan/act-plan.ts';
import { decodePreview, decodeReport } from './act-request.ts';
import { askController } from './control.ts';

/** Who carries a deliberate act out: the running controller, or this process where none runs. */
export interface Actor {
  preview(request: ActRequest): Promise<Result<ActPreview, string>>;
  carryOut(request: ActRequest, keys: readonly string[]): Promise<Result<ActReport, string>>;
  /** Ends what `uninstall` stopped. Answers why it could not. */
  resume(): Promise<string | undefined>;
}

/** Acts list whole zones, and wait for passes under way. */
const LONGEST_ACT_MS = 10 * 60_000;
const ENDED = err('the controller ended meanwhile: look with "routeflare history", then ask again');

/** The controller that runs on this ledger; `undefined` when none does. */
export async function runningActor(socket: string): Promise<Actor | undefined> {
  const alive = await askController(socket, 'pending', undefined);
  if (alive === undefined) return undefined;
  const ask = async (act: string, input: unknown): Promise<Result<unknown, string>> =>
    (await askController(socket, act, input, LONGEST_ACT_MS)) ?? ENDED;
  return {
    preview: async (request) => {
      const answer = await ask('preview', request);
      return answer.ok ? ok(decodePreview(answer.value)) : answer;
    },
    carryOut: async (request, keys) => {
      const answer = await ask('act', { ...request, keys });
      return answer.ok ? ok(decodeReport(answer.value)) : answer;
    },
    resume: async () => {
      const answer = await ask('resume', undefined);
      return answer.ok ? undefined : answer.error;
    },
  };
}

/** This process, with an app that makes no pass by itself. */
export function localActor({ loop, world }: App): Actor {
  return {
    preview: (request) => previewAct(loop, world, request),
    carryOut: (request, keys) => carryOut(loop, world, request, new Set(keys)),
    resume: async () => resume(world),
  };
}
