import { setTimeout as sleep } from 'node:timers/promises';
import { leaseNamespace } from '../app/lease-place.ts';
import { SYSTEM_CLOCK } from '../app/system-clock.ts';
import { shownText } from '../domain/shown-text.ts';
import { Cloudflare } from '../cloudflare/cloudflare.ts';
import { everything } from '../config/config.ts';
import { diskFiles } from '../config/text-file.ts';
import { TokenSource } from '../config/token-source.ts';
import { zoneText } from '../config/value-forms.ts';
import { counted } from '../domain/counted.ts';
import { openConnection } from '../kubernetes/open-connection.ts';
import { SecretWords } from '../telemetry/secret-words.ts';
import { valueOf } from './arguments.ts';
import { paintFor, type Style } from './colour.ts';
import { askController, controlPath } from './control.ts';
import type { CommandContext } from './context.ts';
import { examineClock } from './doctor-clock.ts';
import { examineCloudflare } from './doctor-cloudflare.ts';
import { examineEgress } from './doctor-egress.ts';
import { findingsOf, type DoctorFinding } from './doctor-finding.ts';
import { examineKubernetes } from './doctor-kubernetes.ts';
import { examineLedger } from './doctor-ledger.ts';
import { withProgress } from './progress.ts';
import { settingsOrTell } from './settings.ts';
import { programVersion } from './version.ts';
import { wrap } from './wrap.ts';

/** `routeflare doctor`: looks at all that the controller needs. Exit 1 when something keeps it from working. */
export async function doctor(context: CommandContext): Promise<number> {
  const settings = settingsOrTell(context, everything);
  if (settings === undefined) return 1;
  const { config, warnings } = settings;
  const secrets = new SecretWords();
  const token = new TokenSource(config.cloudflare.token, diskFiles, (each) => secrets.add(each.reveal()));
  const { ok, note, bad } = findingsOf('program');
  const running = await askController(controlPath(config.ledger.path), 'pending', undefined);
  const findings: DoctorFinding[] = [
    ok(`routeflare ${programVersion()} on Node ${process.version}`),
    running === undefined
      ? note('no controller runs on this ledger')
      : ok('a controller runs on this ledger'),
    ...(config.policy.dryRun ? [note('DRY_RUN is set: nothing is written')] : []),
    ...warnings.map(({ setting, message }) => note(`${setting}: ${message}`)),
  ];
  const ledger = examineLedger(config.ledger.path);
  findings.push(...ledger.findings);
  const cloudflare = new Cloudflare({
    baseUrl: config.cloudflare.baseUrl,
    token: () => token.current(),
    now: Date.now,
    random: Math.random,
    signal: new AbortController().signal,
    sleep: (ms, until) => sleep(ms, undefined, { signal: until }),
  });
  try {
    findings.push(
      ...(await withProgress(
        context,
        'asking Cloudflare',
        examineCloudflare(cloudflare, config.cloudflare.zones?.map(zoneText), ledger.written),
      )),
    );
  } finally {
    await cloudflare[Symbol.asyncDispose]();
  }
  const connected = await openConnection({
    env: context.env,
    now: SYSTEM_CLOCK.steady,
    home: context.env['HOME'],
  });
  if (connected.ok) {
    using connection = connected.value;
    const lease = {
      namespace: await leaseNamespace(context.env, connection),
      name: context.env['LEASE_NAME'],
    };
    const asked = examineKubernetes(connection, config.kubernetes, lease);
    findings.push(...(await withProgress(context, 'asking the cluster', asked)));
  } else findings.push({ ...bad(connected.error, 'set KUBECONFIG'), topic: 'kubernetes' });
  const voted = examineEgress(config.ddns, ledger.ddns);
  findings.push(...(await withProgress(context, 'asking the voters for the egress address', voted)));
  const clock = examineClock(config.cloudflare.baseUrl, Date.now);
  findings.push(await withProgress(context, 'asking for the time', clock));
  const told = findings.map((each) => ({ ...each, what: secrets.redact(each.what) }));
  const json = valueOf(context.args, 'output') === 'json';
  context.stdout.write(json ? `${JSON.stringify(told, undefined, 2)}\n` : doctorText(told, context));
  return told.some(({ state }) => state === 'bad') ? 1 : 0;
}

const SIGN: Readonly<Record<DoctorFinding['state'], { readonly sign: string; readonly style: Style }>> = {
  ok: { sign: 'ok  ', style: 'green' },
  note: { sign: '--  ', style: 'yellow' },
  bad: { sign: 'FAIL', style: 'red' },
};
const INDENT = 7;

/** Each topic with its findings; below each that is to be mended, how. */
export function doctorText(
  findings: readonly DoctorFinding[],
  { env, isTTY, columns }: Pick<CommandContext, 'env' | 'isTTY' | 'columns'>,
): string {
  const paint = paintFor(env, isTTY);
  const width = (columns ?? 80) - INDENT;
  const lines: string[] = [];
  for (const [topic, ofTopic] of Map.groupBy(findings, (each) => each.topic)) {
    lines.push(paint('bold', topic));
    for (const { state, what, mend } of ofTopic) {
      const { sign, style } = SIGN[state];
      const [first = '', ...rest] = wrap(shownText(what), width);
      lines.push(`  ${paint(style, sign)} ${first}`, ...rest.map((line) => ' '.repeat(INDENT) + line));
      if (mend === '') continue;
      lines.push(...wrap(`mend: ${mend}`, width).map((line) => ' '.repeat(INDENT) + paint('cyan', line)));
    }
  }
  const bad = findings.filter(({ state }) => state === 'bad').length;
  const sum = bad === 0 ? 'all is well' : `${counted(bad, 'thing keeps', 'things keep')} it from working`;
  return `${lines.join('\n')}\n${sum}\n`;
}
