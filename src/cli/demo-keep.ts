import { setTimeout as sleep } from 'node:timers/promises';
import { changeList } from './demo-changes.ts';
import { eventLine, eventsOf } from './demo-events.ts';
import type { DemoScreen } from './demo-screen.ts';
import { DEMO_TOKEN, type DemoStage } from './demo-stage.ts';
import { DemoFailure } from './demo-wait.ts';

const POLL_MS = 250;
/** What another command needs so that it looks at the same cluster, zones, ledger and voters. */
const SHARED = [
  'KUBECONFIG',
  'CLOUDFLARE_BASE_URL',
  'CLOUDFLARE_API_TOKEN',
  'LEDGER_PATH',
  'DDNS_IPV4_VOTERS',
  'DDNS_IPV6_VOTERS',
  'DDNS_ALLOW_CIDRS',
];

/** Stays up until the signal: prints where everything is, then each change and Warning as it comes. */
export async function stayUp(stage: DemoStage, screen: DemoScreen, signal: AbortSignal): Promise<void> {
  screen.heading('Everything stays up until you press Ctrl-C');
  screen.say(
    'Its controller has settings of its own: routes alone are watched, and there is no page.',
    'dim',
  );
  const place = (what: string, ...lines: readonly string[]): void => {
    screen.write(`${screen.paint('bold', what)}\n`);
    for (const line of lines) screen.write(`  ${screen.paint('cyan', line)}\n`);
  };
  const gateways = stage.kubernetes.objects
    .list('Gateway')
    .map(({ metadata }) => `Gateway ${metadata.namespace ?? ''}/${metadata.name}`)
    .join(', ');
  const kubectl = `kubectl --kubeconfig ${stage.kubeconfigPath}`;
  place('Kubernetes', `${kubectl} get httproutes -A`, `${kubectl} get events -A`);
  place(
    `Your own manifests (${gateways}; hostnames in ${stage.zones.map(({ name }) => name).join(', ')})`,
    `${kubectl} apply -f YOUR.yaml`,
  );
  place(
    'Cloudflare',
    ...stage.zones.map(
      ({ id }) =>
        `curl -sH 'Authorization: Bearer ${DEMO_TOKEN}' ${stage.cloudflare.url}/zones/${id}/dns_records`,
    ),
  );
  place('Ledger', `sqlite3 -readonly ${stage.ledgerPath} 'SELECT name, type, content, state FROM records'`);
  place(
    'The controller',
    `curl -s ${stage.pages ?? ''}/readyz`,
    `curl -s ${stage.pages ?? ''}/metrics`,
    `tail -f ${stage.logPath}`,
  );
  place(
    'The other commands (paste these lines, then npx routeflare records, history, plan, explain NAME, approve …)',
    ...SHARED.flatMap((name) => {
      const value = stage.env[name];
      return value === undefined ? [] : [`export ${name}='${value}'`];
    }),
  );
  screen.write('\nChanges and warnings appear here as they come:\n');

  let shown = stage.history().length;
  const told = new Set(eventsOf(stage.kubernetes).map(({ id }) => id));
  while (!signal.aborted) {
    if (stage.trouble !== undefined) throw new DemoFailure(stage.trouble);
    const history = stage.history();
    if (history.length > shown) changeList(screen, history.slice(shown));
    shown = Math.max(shown, history.length);
    for (const event of eventsOf(stage.kubernetes).filter(({ id }) => !told.has(id))) {
      told.add(event.id);
      if (event.type === 'Warning') eventLine(screen, event);
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => {});
  }
  screen.blank();
}
