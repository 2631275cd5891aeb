import { parseHostname, type Hostname } from '../domain/hostname.ts';
import type { SourceKind } from '../domain/source.ts';
import { parseCidr, type Cidr } from '../domain/cidr.ts';
import { parseLabelSelector, type TextSelector } from '../domain/label-selector.ts';
import { cron, parseCron, type Cron } from './cron.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { formatListenAddress, parseListenAddress, type ListenAddress } from './listen-address.ts';
import type { SettingReader } from './setting-reader.ts';
import { formatList, list, optional, parseBoolean, setting, wholeNumber, word } from './setting.ts';
import { readTokenSettings } from './token-settings.ts';
import type { TextFiles } from './text-file.ts';
import type { TokenOrigin } from './token-source.ts';
import {
  parseBaseUrl,
  parseLedgerPath,
  parseMaxDeletes,
  parseNamespace,
  parseOwnerId,
  parseOwnerWord,
  parsePath,
  parseSourceKind,
  parseZoneSelector,
  zoneText,
  type ZoneSelector,
} from './value-forms.ts';
import { parseWebAddress, shownWebAddress } from './web-address.ts';

export interface CloudflareSettings {
  readonly token: TokenOrigin;
  readonly baseUrl: URL;
  /** `undefined` is every zone that the token sees. */
  readonly zones: readonly ZoneSelector[] | undefined;
}

export interface KubernetesSettings {
  readonly kubeconfig: string | undefined;
  readonly sources: ReadonlySet<SourceKind>;
  readonly sourceSelector: TextSelector | undefined;
  readonly watchNamespaces: ReadonlySet<string> | undefined;
}

export interface OwnershipSettings {
  /** `undefined`: derived from the cluster. */
  readonly ownerId: string | undefined;
  readonly formerOwnerIds: readonly string[];
}

export interface PolicySettings {
  readonly strategy: 'full' | 'upsert-only';
  readonly dryRun: boolean;
  readonly protectedNames: readonly Hostname[];
  readonly deleteDelayMs: number;
  readonly maxDeletes: number | 'off';
  readonly driftSchedule: Cron;
}

export interface DdnsSettings {
  readonly schedule: Cron;
  readonly confirmDelayMs: number;
  /** Per family; `undefined` is the built-in voters. */
  readonly voters: Readonly<Record<4 | 6, readonly URL[] | undefined>>;
  readonly quorum: number;
  readonly allow: readonly Cidr[];
  readonly only: readonly Cidr[];
}

export interface LedgerSettings {
  readonly path: string;
}

export interface HttpSettings {
  readonly address: ListenAddress;
  /** Whether the read-only page is served. */
  readonly page: boolean;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;

export interface LogSettings {
  readonly level: (typeof LOG_LEVELS)[number];
  readonly format: 'json' | 'pretty';
}

export const readCloudflare = (read: SettingReader, files: TextFiles): CloudflareSettings => ({
  token: readTokenSettings(read, files),
  baseUrl: read.read(
    setting('CLOUDFLARE_BASE_URL', new URL('https://api.cloudflare.com/client/v4'), parseBaseUrl),
  ),
  zones: read.read(optional('ZONES', 'all visible', list(parseZoneSelector, zoneText), formatList(zoneText))),
});

export const readKubernetes = (read: SettingReader): KubernetesSettings => {
  const watched = read.read(optional('WATCH_NAMESPACES', 'all', list(parseNamespace), formatList()));
  return {
    kubeconfig: read.read(optional('KUBECONFIG', 'in-cluster, else the usual file', parsePath)),
    sources: new Set(
      read.read(
        setting<readonly SourceKind[]>(
          'SOURCES',
          ['HTTPRoute', 'GRPCRoute', 'TLSRoute'],
          list(parseSourceKind),
          formatList((kind) => kind.toLowerCase()),
        ),
      ),
    ),
    sourceSelector: read.read(optional('SOURCE_SELECTOR', 'all', parseLabelSelector, ({ text }) => text)),
    watchNamespaces: watched === undefined ? undefined : new Set(watched),
  };
};

export const readOwnership = (read: SettingReader): OwnershipSettings => {
  const ownerId = read.read(optional('RECORD_OWNER_ID', 'from the cluster', parseOwnerId));
  if (ownerId === undefined && read.raw('RECORD_OWNER_ID') === undefined && read.raw('WATCH_NAMESPACES')) {
    // With a Role only, kube-system's uid, which the default is made of, cannot be read.
    read.refuse('RECORD_OWNER_ID', 'is not set: it is required with WATCH_NAMESPACES');
  }
  const former = read.read(setting('FORMER_OWNER_IDS', ['routeflare'], list(parseOwnerWord), formatList()));
  return { ownerId, formerOwnerIds: former.filter((id) => id !== ownerId) };
};

export const readPolicy = (read: SettingReader): PolicySettings => ({
  strategy: read.read(setting('STRATEGY', 'full', word(['full', 'upsert-only']))),
  dryRun: read.read(setting('DRY_RUN', false, parseBoolean)),
  protectedNames: read.read(setting('PROTECTED_NAMES', [], list(parseHostname), formatList())),
  deleteDelayMs: read.read(setting('DELETE_DELAY', 30_000, parseDuration, formatDuration)),
  maxDeletes: read.read(setting<number | 'off'>('MAX_DELETES', 5, parseMaxDeletes)),
  driftSchedule: read.read(setting('DRIFT_SCHEDULE', cron('*/5 * * * *'), parseCron)),
});

export const readDdns = (read: SettingReader): DdnsSettings => {
  const quorum = read.read(setting('DDNS_QUORUM', 2, wholeNumber(1, 20)));
  if (quorum === 1) read.warn('DDNS_QUORUM', '1 lets a single operator move every record');
  const voters = (name: string): readonly URL[] | undefined => {
    const urls = read.read(optional(name, 'built-in', list(parseWebAddress), formatList(shownWebAddress)));
    const operators = new Set(urls?.map((url) => url.host));
    if (urls !== undefined && operators.size < quorum) {
      read.refuse(name, `names ${operators.size} operators (hosts), but DDNS_QUORUM is ${quorum}: add more`);
    }
    return urls;
  };
  return {
    schedule: read.read(setting('DDNS_SCHEDULE', cron('*/5 * * * *'), parseCron)),
    confirmDelayMs: read.read(setting('DDNS_CONFIRM_DELAY', 20_000, parseDuration, formatDuration)),
    voters: { 4: voters('DDNS_IPV4_VOTERS'), 6: voters('DDNS_IPV6_VOTERS') },
    quorum,
    allow: read.read(setting('DDNS_ALLOW_CIDRS', [], list(parseCidr, cidrText), formatList(cidrText))),
    only: read.read(setting('DDNS_ONLY_CIDRS', [], list(parseCidr, cidrText), formatList(cidrText))),
  };
};

export const readLedger = (read: SettingReader): LedgerSettings => ({
  path: read.read(setting('LEDGER_PATH', './routeflare.db', parseLedgerPath)),
});

export const readHttp = (read: SettingReader): HttpSettings => ({
  address: read.read(
    setting('HTTP_ADDRESS', { host: undefined, port: 8080 }, parseListenAddress, formatListenAddress),
  ),
  page: read.read(setting('PAGE', false, parseBoolean)),
});

export const readLog = (read: SettingReader): LogSettings => ({
  level: read.read(setting('LOG_LEVEL', 'info', word(LOG_LEVELS))),
  format: read.read(setting('LOG_FORMAT', 'json', word(['json', 'pretty']))),
});

const cidrText = (cidr: Cidr): string => cidr.text;
