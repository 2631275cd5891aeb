import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Claim } from '../../src/domain/claim.ts';
import type { HistoryEntry, Intent } from '../../src/domain/entry.ts';
import type { Hostname } from '../../src/domain/hostname.ts';
import type { Result } from '../../src/domain/result.ts';
import { Ledger, type LedgerOptions } from '../../src/ledger/ledger.ts';
import type { LedgerProblem } from '../../src/ledger/problem.ts';

export const NOW = '2026-03-01T12:00:00.000Z';

/** The path of a ledger that is not there yet, in a directory that goes when the test ends. */
export function freshPath(): string {
  const directory = mkdtempSync(join(tmpdir(), 'ledger-'));
  onTestFinished(() => {
    chmodSync(directory, 0o755);
    rmSync(directory, { recursive: true, force: true });
  });
  return join(directory, 'routeflare.db');
}

/** Opens for this test; closing twice does no harm. */
export function openLedger(path: string, more: Partial<LedgerOptions> = {}): Ledger {
  const ledger = value(Ledger.open({ path, mode: 'write', ...more }));
  onTestFinished(() => ledger.close());
  return ledger;
}

export function value<T>(result: Result<T, LedgerProblem>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

export function problem(result: Result<unknown, LedgerProblem>): LedgerProblem {
  if (result.ok) throw new Error('it went well');
  return result.error;
}

export function aClaim(more: Partial<Claim> = {}): Claim {
  return {
    zoneId: 'z1',
    zoneName: 'example.com',
    recordId: 'r1',
    name: 'app.example.com' as Hostname,
    type: 'A',
    content: '203.0.113.7',
    ttl: 'auto',
    proxied: false,
    holder: { kind: 'HTTPRoute', namespace: 'default', name: 'app' },
    via: { kind: 'Gateway', namespace: 'infra', name: 'public' },
    mode: 'gateway-address',
    cluster: '1a2b3c4d',
    ttlWritten: false,
    proxiedWritten: true,
    adopted: false,
    state: 'active',
    stateReason: '',
    doomedAt: undefined,
    createdAt: NOW,
    updatedAt: NOW,
    verifiedAt: undefined,
    ...more,
  };
}

export function anEntry(more: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    at: NOW,
    action: 'create',
    zoneName: 'example.com',
    name: 'app.example.com',
    type: 'A',
    before: undefined,
    after: undefined,
    reason: 'wanted',
    holder: 'HTTPRoute/default/app',
    outcome: 'done',
    ...more,
  };
}

export function anIntent(more: Partial<Intent> = {}): Omit<Intent, 'id'> {
  return {
    at: NOW,
    action: 'create',
    zoneId: 'z1',
    zoneName: 'example.com',
    name: 'app.example.com',
    type: 'A',
    recordId: undefined,
    before: undefined,
    after: undefined,
    ...more,
  };
}
