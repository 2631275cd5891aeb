/**
 * What this process may write at Cloudflare now. `own-ddns`: only changes, in place, of records that are its own
 * and follow the egress address. `why` is for people. docs/one-writer.md.
 */
export type Permit =
  | {
      readonly kind: 'all';
      /** Another number where somebody else may have written since; absent where nobody can. */
      readonly tenure?: number;
    }
  | { readonly kind: 'own-ddns'; readonly why: string }
  | { readonly kind: 'none'; readonly why: string };
