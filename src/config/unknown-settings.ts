import { nearMiss } from './near-miss.ts';

/** Every variable that is read. docs/settings.md has a row for each. */
export const SETTING_NAMES: readonly string[] = [
  'CLOUDFLARE_API_TOKEN',
  'CLOUDFLARE_API_TOKEN_FILE',
  'CLOUDFLARE_BASE_URL',
  'KUBECONFIG',
  'RECORD_OWNER_ID',
  'FORMER_OWNER_IDS',
  'STRATEGY',
  'DRY_RUN',
  'LEDGER_PATH',
  'ZONES',
  'SOURCES',
  'SOURCE_SELECTOR',
  'WATCH_NAMESPACES',
  'PROTECTED_NAMES',
  'DELETE_DELAY',
  'MAX_DELETES',
  'DRIFT_SCHEDULE',
  'DDNS_SCHEDULE',
  'DDNS_CONFIRM_DELAY',
  'DDNS_IPV4_VOTERS',
  'DDNS_IPV6_VOTERS',
  'DDNS_QUORUM',
  'DDNS_ALLOW_CIDRS',
  'DDNS_ONLY_CIDRS',
  'HTTP_ADDRESS',
  'PAGE',
  'LOG_LEVEL',
  'LOG_FORMAT',
  'HEARTBEAT_URL',
  'HEARTBEAT_URL_FILE',
  'HEARTBEAT_FORMAT',
  'HEARTBEAT_INTERVAL',
  'NOTICE_URL',
  'NOTICE_URL_FILE',
  'NOTICE_FORMAT',
];

/** What other tools call the token. */
const TOKEN_ELSEWHERE = /^(?:CF|CLOUDFLARE)_(?:DNS_)?(?:API_)?TOKEN$/;
const KEY_ELSEWHERE = /^(?:CF|CLOUDFLARE)_(?:API_)?(?:KEY|EMAIL)$/;
/** Kubernetes puts these into a pod for every Service of its namespace. */
const SERVICE_LINK = /_(?:SERVICE_(?:HOST|PORT(?:_.*)?)|PORT(?:_\d+_.*)?)$/;

/** What is said of a variable that is none of ours and looks like one; `undefined` for all others. */
export function unknownSettingHint(name: string): string | undefined {
  if (SETTING_NAMES.includes(name) || SERVICE_LINK.test(name)) return undefined;
  if (TOKEN_ELSEWHERE.test(name)) return 'is not read: did you mean CLOUDFLARE_API_TOKEN?';
  if (KEY_ELSEWHERE.test(name)) return 'is not read: only an API token is used, in CLOUDFLARE_API_TOKEN';
  const meant = nearMiss(name, SETTING_NAMES) ?? (name.includes('_') ? longerOrShorter(name) : undefined);
  if (meant !== undefined) return `is not a setting: did you mean ${meant}?`;
  return name.startsWith('DDNS_') ? 'is not a setting: docs/settings.md lists them all' : undefined;
}

function longerOrShorter(name: string): string | undefined {
  return SETTING_NAMES.find(
    (known) => known.includes('_') && (known.startsWith(`${name}_`) || name.startsWith(`${known}_`)),
  );
}
