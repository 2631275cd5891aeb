import { err, type Result } from '../domain/result.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { readSecretUrl, type SecretUrlOrigin } from './secret-url.ts';
import type { SettingReader } from './setting-reader.ts';
import { setting, word } from './setting.ts';
import type { TextFiles } from './text-file.ts';

const HEARTBEAT_FORMATS = ['healthchecks', 'uptime-kuma'] as const;
const NOTICE_FORMATS = ['text', 'slack'] as const;

interface HeartbeatSettings {
  readonly url: SecretUrlOrigin;
  readonly format: (typeof HEARTBEAT_FORMATS)[number];
  readonly intervalMs: number;
}

interface NoticeSettings {
  readonly url: SecretUrlOrigin;
  readonly format: (typeof NOTICE_FORMATS)[number];
}

/** Who is told of our health, and of what waits for a person; `undefined`: nobody. */
export interface MonitoringSettings {
  readonly heartbeat: HeartbeatSettings | undefined;
  readonly notice: NoticeSettings | undefined;
}

export function readMonitoring(read: SettingReader, files: TextFiles): MonitoringSettings {
  const heartbeat = readSecretUrl(read, 'HEARTBEAT_URL', files);
  const format = read.read(setting('HEARTBEAT_FORMAT', 'healthchecks', word(HEARTBEAT_FORMATS)));
  const intervalMs = read.read(setting('HEARTBEAT_INTERVAL', 300_000, parseInterval, formatDuration));
  const notice = readSecretUrl(read, 'NOTICE_URL', files);
  const noticeFormat = read.read(setting('NOTICE_FORMAT', 'text', word(NOTICE_FORMATS)));
  if (/^true$/i.test(read.raw('DRY_RUN')?.trim() ?? '')) {
    const idle = { HEARTBEAT_URL: heartbeat, NOTICE_URL: notice };
    for (const [name, url] of Object.entries(idle)) {
      if (url !== undefined)
        read.warn(name, 'has no effect with DRY_RUN: the monitor is that of the controller that writes');
    }
  }
  return {
    heartbeat: heartbeat === undefined ? undefined : { url: heartbeat, format, intervalMs },
    notice: notice === undefined ? undefined : { url: notice, format: noticeFormat },
  };
}

function parseInterval(raw: string): Result<number, string> {
  const ms = parseDuration(raw);
  return !ms.ok || ms.value >= 1000 ? ms : err(`"${raw}" is too short: allowed is 1s or more`);
}
