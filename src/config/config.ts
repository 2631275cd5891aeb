import { err, ok, type Result } from '../domain/result.ts';
import {
  readCloudflare,
  readDdns,
  readHttp,
  readKubernetes,
  readLedger,
  readLog,
  readOwnership,
  readPolicy,
  type CloudflareSettings,
  type DdnsSettings,
  type HttpSettings,
  type KubernetesSettings,
  type LedgerSettings,
  type LogSettings,
  type OwnershipSettings,
  type PolicySettings,
} from './sections.ts';
import { readMonitoring, type MonitoringSettings } from './monitoring-settings.ts';
import { SettingReader, type SettingProblem } from './setting-reader.ts';
import type { TextFiles } from './text-file.ts';
import { unknownSettingHint } from './unknown-settings.ts';

/** All settings, parsed. */
export interface Config {
  readonly cloudflare: CloudflareSettings;
  readonly kubernetes: KubernetesSettings;
  readonly ownership: OwnershipSettings;
  readonly policy: PolicySettings;
  readonly ddns: DdnsSettings;
  readonly ledger: LedgerSettings;
  readonly http: HttpSettings;
  readonly log: LogSettings;
  readonly monitoring: MonitoringSettings;
}

/** One function a section. A command calls those it needs, and only their variables can be at fault. */
export type SectionReaders = { readonly [S in keyof Config]: () => Config[S] };

/** Settings without a fault. */
export interface LoadedConfig<T> {
  readonly config: T;
  /** The value in force of each variable read, without secrets: for the log at start. */
  readonly effective: Readonly<Record<string, string>>;
  /** Unknown variables that look like ours, and settings that weaken a guard. */
  readonly warnings: readonly SettingProblem[];
}

/** The needs of `run`. */
export function everything(read: SectionReaders): Config {
  return {
    cloudflare: read.cloudflare(),
    kubernetes: read.kubernetes(),
    ownership: read.ownership(),
    policy: read.policy(),
    ddns: read.ddns(),
    ledger: read.ledger(),
    http: read.http(),
    log: read.log(),
    monitoring: read.monitoring(),
  };
}

/**
 * Parses the environment once. `needs` picks the sections: `everything`, or
 * `(read) => ({ ledger: read.ledger() })` for a command that works without a token.
 * @returns the settings, or all that is wrong with them
 */
export function loadConfig<T>(
  env: Readonly<Record<string, string | undefined>>,
  files: TextFiles,
  needs: (read: SectionReaders) => T,
): Result<LoadedConfig<T>, readonly SettingProblem[]> {
  const reader = new SettingReader(env);
  const config = needs({
    cloudflare: () => readCloudflare(reader, files),
    kubernetes: () => readKubernetes(reader),
    ownership: () => readOwnership(reader),
    policy: () => readPolicy(reader),
    ddns: () => readDdns(reader),
    ledger: () => readLedger(reader),
    http: () => readHttp(reader),
    log: () => readLog(reader),
    monitoring: () => readMonitoring(reader, files),
  });
  for (const [name, value] of Object.entries(env)) {
    const hint = value === undefined ? undefined : unknownSettingHint(name);
    if (hint !== undefined) reader.warn(name, hint);
  }
  if (reader.problems.length > 0)
    return err(reader.problems.map((problem) => reader.withoutSecrets(problem)));
  return ok({
    config,
    effective: Object.fromEntries(
      Object.entries(reader.effective).map(([name, text]) => [name, reader.hideSecrets(text)]),
    ),
    warnings: reader.warnings.map((warning) => reader.withoutSecrets(warning)),
  });
}

/** `NAME: what is wrong`, one line. */
export function formatSettingProblem({ setting, message }: SettingProblem): string {
  return `${setting}: ${message}`;
}
