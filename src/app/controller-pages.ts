import { approvables } from '../controller/approvables.ts';
import { pagePages } from '../telemetry/page.ts';
import type { PageFacts } from '../telemetry/page-facts.ts';
import type { Pages } from '../telemetry/server.ts';
import { telemetryPages } from '../telemetry/telemetry-pages.ts';
import type { App } from './app.ts';
import type { Telemetry } from './telemetry.ts';

/** All that the controller serves. `page` is the setting PAGE; `running` is `undefined` until the app is up. */
export function controllerPages(telemetry: Telemetry, page: boolean, running: () => App | undefined): Pages {
  const { health, metrics, secrets } = telemetry;
  const always = telemetryPages(health, metrics, secrets);
  if (!page) return always;
  const facts = (): PageFacts | undefined => {
    const app = running();
    return app === undefined ? undefined : factsOf(app, telemetry);
  };
  return { ...always, ...pagePages({ facts, health, secrets, now: Date.now }) };
}

function factsOf({ world, loop, store }: App, { board }: Telemetry): PageFacts {
  const claims = world.ledger.claims();
  return {
    owner: world.identity.owner,
    dryRun: world.settings.dryRun,
    stopped: world.ledger.stopped(),
    claims,
    problems: board.current(),
    waiting: approvables(claims, loop.orphans()),
    egress: [...world.egress.states().values()],
    history: (limit) => store.ledger?.read.history({ limit }) ?? [],
  };
}
