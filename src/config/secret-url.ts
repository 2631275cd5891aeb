import { err, ok, type Result } from '../domain/result.ts';
import { Secret } from './secret.ts';
import type { SettingReader } from './setting-reader.ts';
import type { TextFiles } from './text-file.ts';

/** An address whose path or query is a secret, and where it stands. */
export type SecretUrlOrigin =
  | { readonly kind: 'value'; readonly url: Secret }
  | { readonly kind: 'file'; readonly path: string; readonly url: Secret };

/**
 * Parses an address that is itself a secret: http or https, no fragment. The error holds nothing of it.
 * Plain http is common for a monitor in the same cluster.
 */
function parseSecretUrl(raw: string): Result<Secret, string> {
  const text = raw.trim();
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return err('it is not a URL');
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return err('it is neither an https nor an http URL');
  if (url.hash !== '') return err('it holds a fragment (#)');
  return ok(new Secret(url.href));
}

/** Reads `NAME`, or the file that `NAME_FILE` names. `undefined` when neither is set, or what is set was refused. */
export function readSecretUrl(
  read: SettingReader,
  name: string,
  files: TextFiles,
): SecretUrlOrigin | undefined {
  const raw = read.raw(name);
  const path = read.raw(`${name}_FILE`)?.trim();
  if (raw !== undefined) read.keepSecret(raw);
  if (raw !== undefined && path !== undefined) {
    read.refuse(name, `is set beside ${name}_FILE: set at most one of the two`);
    return undefined;
  }
  if (path !== undefined) return fromFile(read, name, path, files);
  read.effective[name] = raw === undefined ? '(none)' : '(set)';
  if (raw === undefined) return undefined;
  const url = parseSecretUrl(raw);
  if (url.ok) return { kind: 'value', url: url.value };
  read.refuse(name, `cannot be used: ${url.error}`);
  return undefined;
}

function fromFile(
  read: SettingReader,
  name: string,
  path: string,
  files: TextFiles,
): SecretUrlOrigin | undefined {
  if (path.includes('://')) {
    read.refuse(`${name}_FILE`, `its value looks like a URL itself, which belongs in ${name}`);
    return undefined;
  }
  const text = files.read(path);
  const url = text.ok ? parseSecretUrl(text.value) : text;
  if (!url.ok) {
    read.refuse(`${name}_FILE`, `"${path}": ${url.error}`);
    return undefined;
  }
  read.keepSecret(url.value.reveal());
  read.effective[`${name}_FILE`] = path;
  return { kind: 'file', path, url: url.value };
}

/** The address in force. A file is read anew each time; while it holds none, the last good one stays. */
export class SecretUrl {
  readonly #origin: SecretUrlOrigin;
  readonly #files: TextFiles;
  readonly #onUrl: (url: Secret) => void;
  #url: Secret;

  /** `onUrl` is shown every address before it is handed out, so that a log can hide it first. */
  constructor(origin: SecretUrlOrigin, files: TextFiles, onUrl: (url: Secret) => void) {
    this.#origin = origin;
    this.#files = files;
    this.#onUrl = onUrl;
    this.#url = origin.url;
    onUrl(origin.url);
  }

  current(): URL {
    if (this.#origin.kind === 'file') {
      const text = this.#files.read(this.#origin.path);
      const url = text.ok ? parseSecretUrl(text.value) : text;
      if (url.ok && !url.value.equals(this.#url)) {
        this.#url = url.value;
        this.#onUrl(url.value);
      }
    }
    return new URL(this.#url.reveal());
  }
}
