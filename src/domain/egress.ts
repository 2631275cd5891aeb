import type { Family } from './address.ts';

/** One voter's answer of one round: an address, or why it does not count. */
export interface Vote {
  readonly voter: string;
  readonly operator: string;
  readonly address?: string;
  readonly refused?: string;
}

/**
 * What is known of the cluster's egress address of one family. Only `confirmed` may cause a write; everything
 * else keeps the records. Times are ISO 8601 UTC.
 */
export type EgressState = {
  readonly family: Family;
  readonly votes: readonly Vote[];
} & (
  | { readonly status: 'disabled' }
  | {
      readonly status: 'confirmed';
      readonly address: string;
      readonly confirmedAt: string;
      readonly voters: readonly string[];
    }
  | { readonly status: 'unconfirmed'; readonly address?: string; readonly why: string }
  | { readonly status: 'conflict'; readonly addresses: readonly string[]; readonly why: string }
  | { readonly status: 'unavailable'; readonly why: string }
);

/** The row of the ledger that outlives a restart. */
export interface ConfirmedEgress {
  readonly family: Family;
  readonly address: string;
  readonly confirmedAt: string;
  readonly voters: readonly string[];
}
