/** A DNS record as the API answers it; member names are the API's. Never changed in place. */
export interface CloudflareRecord {
  /** 32 hex digits. */
  readonly id: string;
  /** Complete, lower-case, A-label, no final dot. */
  readonly name: string;
  readonly type: string;
  readonly content: string;
  readonly proxiable: boolean;
  readonly proxied: boolean;
  /** Seconds, or 1 for automatic; always 1 where proxied. */
  readonly ttl: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly comment: string | null;
  readonly tags: readonly string[];
  /** ISO 8601, UTC. */
  readonly created_on: string;
  readonly modified_on: string;
  /** Only where there is a comment. */
  readonly comment_modified_on?: string;
  /** Only where there are tags. */
  readonly tags_modified_on?: string;
  readonly priority?: number;
  readonly data?: unknown;
}

/** What a person may set. A member left out keeps its value in an edit and takes its default in a put. */
export interface RecordFields {
  readonly name: string;
  readonly type: string;
  readonly content: string;
  readonly ttl?: number;
  readonly proxied?: boolean;
  readonly comment?: string | null;
  readonly tags?: readonly string[];
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly priority?: number;
  readonly data?: unknown;
}

export type Plan = 'free' | 'pro' | 'business' | 'enterprise';
