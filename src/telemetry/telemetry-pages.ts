import type { Health, HealthReport } from './health.ts';
import type { Metrics } from './metrics.ts';
import type { SecretWords } from './secret-words.ts';
import { plain, type Page, type Pages } from './server.ts';

/** `/healthz`, `/readyz` and `/metrics`, for `servePages`. */
export function telemetryPages(health: Health, metrics: Metrics, secrets: SecretWords): Pages {
  const report = ({ ok, text }: HealthReport): Page => plain(ok ? 200 : 503, secrets.redact(text));
  return {
    '/healthz': () => report(health.live()),
    '/readyz': () => report(health.ready()),
    '/metrics': async () => ({
      status: 200,
      contentType: metrics.contentType,
      body: secrets.redact(await metrics.text()),
    }),
  };
}
