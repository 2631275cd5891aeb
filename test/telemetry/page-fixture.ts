import type { Claim } from '../../src/domain/claim.ts';
import type { HistoryEntry } from '../../src/domain/entry.ts';
import type { Hostname } from '../../src/domain/hostname.ts';
import type { RecordData } from '../../src/domain/record.ts';
import type { PageFacts } from '../../src/telemetry/page-facts.ts';
import { aClaim as ledgerClaim } from '../ledger/fixture.ts';

/** 2026-03-04T12:00:00Z, when the pages of these tests are looked at. */
export const LOOKED_AT = Date.parse('2026-03-04T12:00:00.000Z');

export function aClaim(name: string, more: Partial<Claim> = {}): Claim {
  return ledgerClaim({
    ...aRecord(name),
    recordId: `id-of-${name}`,
    createdAt: '2026-03-01T12:00:00.000Z',
    updatedAt: '2026-03-04T11:55:00.000Z',
    verifiedAt: '2026-03-04T11:59:00.000Z',
    ...more,
  });
}

function aRecord(name: string, more: Partial<RecordData> = {}): RecordData {
  return { name: name as Hostname, type: 'A', content: '203.0.113.7', ttl: 'auto', proxied: true, ...more };
}

export function anEntry(name: string, more: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    at: '2026-03-04T11:55:00.000Z',
    action: 'update',
    zoneName: 'example.com',
    name,
    type: 'A',
    before: aRecord(name, { content: '203.0.113.6' }),
    after: aRecord(name),
    reason: 'the address of its gateway changed',
    holder: 'HTTPRoute/default/app',
    outcome: 'done',
    ...more,
  };
}

export function someFacts({
  entries = [],
  ...more
}: Partial<Omit<PageFacts, 'history'>> & { readonly entries?: readonly HistoryEntry[] } = {}): PageFacts {
  return {
    owner: 'home',
    dryRun: false,
    stopped: undefined,
    claims: [],
    problems: [],
    waiting: [],
    egress: [
      { family: 4, status: 'disabled', votes: [] },
      { family: 6, status: 'disabled', votes: [] },
    ],
    history: (limit) => entries.slice(0, limit),
    ...more,
  };
}
