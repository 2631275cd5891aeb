import type { App } from '../app/app.ts';
import { approvables, type Approvable } from '../controller/approvable.ts';
import { recordApproval } from './approval.ts';
import { controlPath, serveControl } from './control.ts';
import type { Logger } from '../telemetry/logger.ts';

/** What the running controller does for other commands. */
export class ControlServer {
  readonly #close: () => Promise<void>;

  private constructor(close: () => Promise<void>) {
    this.#close = close;
  }

  /** Without a socket the controller runs all the same; deliberate acts then say that none runs. */
  static async open(ledgerPath: string, app: App, log: Logger): Promise<ControlServer | undefined> {
    const served = await serveControl(controlPath(ledgerPath), {
      pending: () => pendingOf(app),
      approve: (input) => {
        const ids = idsIn(input);
        const chosen = pendingOf(app).filter(({ recordId }) => ids.has(recordId));
        const { ledger } = app.store;
        if (ledger === undefined) throw new Error('this controller writes nothing (DRY_RUN)');
        const failed = recordApproval(ledger, chosen, app.world.identity.cluster);
        if (failed !== undefined) throw new Error(failed);
        app.loop.drift();
        return { approved: chosen.length };
      },
    });
    if (!served.ok) {
      log.warn({ why: served.error }, 'no control socket: deliberate acts cannot reach this controller');
      return undefined;
    }
    const server = served.value;
    return new ControlServer(() => new Promise((resolve) => server.close(() => resolve())));
  }

  close(): Promise<void> {
    return this.#close();
  }
}

export function pendingOf(app: App): readonly Approvable[] {
  return approvables(app.world.ledger.claims(), app.loop.orphans());
}

function idsIn(input: unknown): ReadonlySet<string> {
  const ids =
    typeof input === 'object' && input !== null && 'recordIds' in input ? input.recordIds : undefined;
  return new Set(Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : []);
}
