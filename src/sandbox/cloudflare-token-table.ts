import { CloudflareRefusal } from './cloudflare-refusal.ts';

export type Permission = 'zone:read' | 'dns:read' | 'dns:edit';

export interface TokenOptions {
  /** Names of the zones that the token may see (A-label); all when absent. */
  readonly zones?: readonly string[];
  /** All three when absent. `dns:edit` includes reading. */
  readonly permissions?: readonly Permission[];
  /** Account-owned tokens are refused by `user/tokens/verify`. */
  readonly accountOwned?: boolean;
}

const everything: readonly Permission[] = ['zone:read', 'dns:read', 'dns:edit'];

/** What the token of one request may do. */
export class Access {
  readonly #options: TokenOptions;

  constructor(options: TokenOptions) {
    this.#options = options;
  }

  get accountOwned(): boolean {
    return this.#options.accountOwned === true;
  }

  sees(zoneName: string): boolean {
    return this.#options.zones?.includes(zoneName) ?? true;
  }

  may(permission: Permission): boolean {
    const granted = this.#options.permissions ?? everything;
    return granted.includes(permission) || (permission === 'dns:read' && granted.includes('dns:edit'));
  }

  /** In the words of a zone's `permissions`. */
  get words(): string[] {
    const words: Record<Permission, string> = {
      'zone:read': '#zone:read',
      'dns:read': '#dns_records:read',
      'dns:edit': '#dns_records:edit',
    };
    return everything.filter((permission) => this.may(permission)).map((permission) => words[permission]);
  }
}

/** The API tokens that exist, and those that once did. */
export class TokenTable {
  readonly #tokens = new Map<string, TokenOptions>();
  readonly #revoked = new Set<string>();

  add(token: string, options: TokenOptions = {}): void {
    this.#tokens.set(token, options);
    this.#revoked.delete(token);
  }

  revoke(token: string): void {
    this.#tokens.delete(token);
    this.#revoked.add(token);
  }

  /** Throws CloudflareRefusal: 9106 missing, 6003 with 6111 malformed, 9109 revoked, 10000 unknown. */
  check(authorization: string | undefined): Access {
    if (authorization === undefined) {
      throw new CloudflareRefusal(400, 9106, 'Missing X-Auth-Key, X-Auth-Email or Authorization headers');
    }
    const token = /^Bearer ([A-Za-z0-9_-]+)$/.exec(authorization)?.[1];
    if (token === undefined) {
      const cause = { code: 6111, message: 'Invalid format for Authorization header' };
      throw new CloudflareRefusal(400, 6003, 'Invalid request headers', [cause]);
    }
    if (this.#revoked.has(token)) throw new CloudflareRefusal(401, 9109, 'Invalid access token');
    const options = this.#tokens.get(token);
    if (options === undefined) throw new CloudflareRefusal(401, 10_000, 'Authentication error');
    return new Access(options);
  }
}
