import type { App } from '../app/app.ts';
import type { Result } from '../domain/result.ts';
import { problemLine } from '../plan/describe.ts';
import type { ProblemBoard } from '../telemetry/problem-board.ts';
import type { Logger } from '../telemetry/logger.ts';
import { decodeKeys, decodeRequest, fieldsOf } from './act-request.ts';
import { localActor } from './actor.ts';
import { approvalRefused, recordApproval } from './approval.ts';
import { LONGEST_CHECK_MS } from './check.ts';
import { controlPath, serveControl, type Acts } from './control.ts';
import { pendingOf } from './pending.ts';

export interface ControlParts {
  readonly log: Logger;
  readonly board: ProblemBoard;
}

/** What the running controller does for other commands. */
export class ControlServer {
  readonly #close: () => Promise<void>;

  private constructor(close: () => Promise<void>) {
    this.#close = close;
  }

  /** Without a socket the controller runs all the same; deliberate acts then say that none runs. */
  static async open(ledgerPath: string, app: App, parts: ControlParts): Promise<ControlServer | undefined> {
    const served = await serveControl(controlPath(ledgerPath), actsOf(app, parts));
    if (!served.ok) {
      parts.log.warn(
        { why: served.error },
        'no control socket: deliberate acts cannot reach this controller',
      );
      return undefined;
    }
    const server = served.value;
    return new ControlServer(() => new Promise((resolve) => server.close(() => resolve())));
  }

  close(): Promise<void> {
    return this.#close();
  }
}

function actsOf(app: App, { log, board }: ControlParts): Acts {
  const actor = localActor(app);
  return {
    pending: () => pendingOf(app),
    problems: () => board.current().map(problemLine),
    approve: (input) => {
      const ids = idsIn(input);
      const chosen = pendingOf(app).rows.filter(({ recordId }) => ids.has(recordId));
      const { ledger } = app.store;
      if (ledger === undefined) throw new Error('this controller writes nothing (DRY_RUN)');
      const { identity, settings } = app.world;
      const refused = chosen.length === 0 ? undefined : approvalRefused(settings.strategy);
      const failed = refused ?? recordApproval(ledger, chosen, identity.cluster);
      if (failed !== undefined) throw new Error(failed);
      app.loop.drift();
      return { approved: chosen.length };
    },
    check: (input) => check(app, board, fieldsOf(input)['wait'] === true),
    preview: async (input) => valueOrThrow(await actor.preview(requestIn(input))),
    act: async (input) => {
      const request = requestIn(input);
      const keys = [...decodeKeys(input)];
      log.info({ request, steps: keys.length }, 'a person asks');
      const report = valueOrThrow(await actor.carryOut(request, keys));
      // So that a pass tells that everything is stopped.
      if (request.kind === 'uninstall') app.loop.drift();
      return report;
    },
    resume: async () => {
      const failed = await actor.resume();
      if (failed !== undefined) throw new Error(failed);
      app.loop.drift();
      return {};
    },
  };
}

async function check(app: App, board: ProblemBoard, wait: boolean): Promise<object> {
  const since = new Date().toISOString();
  app.loop.drift();
  if (!wait) return {};
  const settled = await app.settled(LONGEST_CHECK_MS);
  const done = app.store.ledger?.read.history({ since }) ?? [];
  const { zones } = app.loop;
  return {
    settled,
    zones: zones.known ? zones.value.length : 0,
    changes: done.filter(({ outcome }) => outcome === 'done').length,
    problems: board.current().length,
  };
}

function requestIn(input: unknown) {
  const request = decodeRequest(input);
  if (request === undefined) throw new Error('this controller does not know that act');
  return request;
}

function valueOrThrow<T>(result: Result<T, string>): T {
  if (result.ok) return result.value;
  throw new Error(result.error);
}

function idsIn(input: unknown): ReadonlySet<string> {
  const ids = fieldsOf(input)['recordIds'];
  return new Set(Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : []);
}
