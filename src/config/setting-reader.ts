import type { Setting } from './setting.ts';
import { SHORTEST_TOKEN } from './token-shape.ts';

/** What is wrong with one variable. `message` quotes the raw value, the token's never, and says what is allowed. */
export interface SettingProblem {
  readonly setting: string;
  readonly message: string;
}

/** Reads variables, and collects every problem instead of stopping at the first. */
export class SettingReader {
  readonly problems: SettingProblem[] = [];
  readonly warnings: SettingProblem[] = [];
  /** The value in force of each variable read, as text. */
  readonly effective: Record<string, string> = {};
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #secrets = new Set<string>();

  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#env = env;
    this.keepSecret(env['CLOUDFLARE_API_TOKEN'] ?? '');
  }

  /** The text as it stands; `undefined` when the variable is not set or blank, which mean the same. */
  raw(name: string): string | undefined {
    const text = this.#env[name];
    return text === undefined || text.trim() === '' ? undefined : text;
  }

  /** The value in force. For a bad value it is the default, and a problem is noted: no such value gets out. */
  read<T>(setting: Setting<T>): T {
    const raw = this.raw(setting.name);
    const parsed = raw === undefined ? undefined : setting.parse(raw);
    if (parsed?.ok === false) this.refuse(setting.name, parsed.error);
    const value = parsed?.ok === true ? parsed.value : setting.fallback;
    this.effective[setting.name] = setting.format(value);
    return value;
  }

  refuse(setting: string, message: string): void {
    this.problems.push({ setting, message });
  }

  warn(setting: string, message: string): void {
    this.warnings.push({ setting, message });
  }

  /** A token pasted into the wrong variable as well must not be printed as that variable's raw value. */
  keepSecret(text: string): void {
    if (text.trim().length >= SHORTEST_TOKEN) this.#secrets.add(text.trim());
  }

  hideSecrets(text: string): string {
    // Some forms fold letters, and a token in small letters is still most of it.
    return [...this.#secrets].reduce(
      (shown, secret) => shown.replace(new RegExp(literally(secret), 'gi'), '[secret]'),
      text,
    );
  }

  withoutSecrets({ setting, message }: SettingProblem): SettingProblem {
    return { setting, message: this.hideSecrets(message) };
  }
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
