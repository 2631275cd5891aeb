import { CONDITIONS, Health } from '../../src/telemetry/health.ts';
import type { PageFacts } from '../../src/telemetry/page-facts.ts';
import { pagePages } from '../../src/telemetry/page.ts';
import { SecretWords } from '../../src/telemetry/secret-words.ts';
import { servePages } from '../../src/telemetry/server.ts';
import { LOOKED_AT } from '../telemetry/page-fixture.ts';

export interface PageServer {
  readonly origin: string;
  show(facts: PageFacts, unmet?: string): void;
  close(): Promise<void>;
}

/** The page over HTTP as the controller serves it, of facts that a test sets. */
export async function servePage(): Promise<PageServer> {
  const health = new Health(300_000, () => 0);
  let shown: PageFacts | undefined;
  const pages = pagePages({
    facts: () => shown,
    health,
    secrets: new SecretWords(),
    now: () => LOOKED_AT,
  });
  const server = await servePages({ host: '127.0.0.1', port: 0 }, pages, (cause) => {
    throw cause;
  });
  if (!server.ok) throw new Error(server.error);
  return {
    origin: `http://127.0.0.1:${server.value.port}`,
    show: (facts, unmet) => {
      shown = facts;
      for (const condition of CONDITIONS) health.met(condition);
      if (unmet !== undefined) health.unmet('token accepted', unmet);
    },
    close: () => server.value.close(),
  };
}
