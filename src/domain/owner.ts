import { refText, parseSourceRef, type SourceRef } from './source.ts';

/** Who we are. `cluster` is the first 8 hex digits of kube-system's uid, '' where it may not be read. */
export interface Identity {
  readonly owner: string;
  readonly cluster: string;
  readonly formerOwners: readonly string[];
}

/** What a record's comment says of its owner. `holder` is absent where it was shortened or left out. */
export interface Marker {
  readonly owner: string;
  readonly cluster?: string;
  readonly holder?: SourceRef;
}

/** The shortest limit of any Cloudflare plan (Free); longer comments are refused with 9313. */
const COMMENT_LIMIT = 100;

const TOKEN = 'record-owner-id=';
const MARKER = /(?:^|\s)record-owner-id=(?<owner>\S+)(?: (?<cluster>[0-9a-f]{8}):(?<holder>\S*))?/;

/** Reads the marker out of a whole comment; `undefined` when it has none. */
export function parseMarker(comment: string): Marker | undefined {
  const groups = MARKER.exec(comment)?.groups;
  if (groups?.['owner'] === undefined) return undefined;
  const holder = parseSourceRef(groups['holder'] ?? '');
  return {
    owner: groups['owner'],
    ...(groups['cluster'] === undefined ? {} : { cluster: groups['cluster'] }),
    ...(holder === undefined || groups['holder']?.endsWith('~') ? {} : { holder }),
  };
}

/** A person's own words in a comment: all but markers. A second one left behind would be read first next time. */
export function wordsOf(comment: string): string {
  return comment.replaceAll(new RegExp(MARKER, 'g'), '').trim();
}

export type CommentFit =
  | { readonly ok: true; readonly comment: string }
  | { readonly ok: false; readonly tooLongBy: number };

/**
 * The comment to write: the person's words first, then the marker. What does not fit is cut in this order: the
 * holder is shortened (a final `~` says so), then left out with its cluster; the words and the owner never.
 */
export function formatComment(words: string, identity: Identity, holder: SourceRef): CommentFit {
  const lead = words === '' ? '' : `${words} `;
  const least = `${lead}${TOKEN}${identity.owner}`;
  // Whether Cloudflare counts characters or bytes of non-ASCII words is undocumented, so the larger count is kept.
  const room = COMMENT_LIMIT - (new TextEncoder().encode(lead).length - lead.length);
  if (least.length > room) return { ok: false, tooLongBy: least.length - room };
  if (identity.cluster === '') return { ok: true, comment: least };
  const whole = `${least} ${identity.cluster}:${refText(holder)}`;
  if (whole.length <= room) return { ok: true, comment: whole };
  const cut = `${whole.slice(0, room - 1)}~`;
  return { ok: true, comment: cut.length > least.length + identity.cluster.length + 2 ? cut : least };
}
