import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../src/sandbox/fault-queue.ts';
import { SandboxCloudflare } from '../../src/sandbox/sandbox-cloudflare.ts';
import { ask, type HttpAnswer } from './http-client.ts';

const zone = '11111111111111111111111111111111';
const token = 'sandbox-token';
let sandbox: SandboxCloudflare;

beforeEach(async () => {
  sandbox = await SandboxCloudflare.start({ zones: [{ name: 'example.com', id: zone }] });
});
afterEach(async () => sandbox.close());

const body = { name: 'a.example.com', type: 'A', content: '203.0.113.1' };

async function create(signal?: AbortSignal): Promise<HttpAnswer> {
  const question = { method: 'POST', token, body, ...(signal && { signal }) };
  return ask(`${sandbox.url}/zones/${zone}/dns_records`, question);
}

async function list(): Promise<HttpAnswer> {
  return ask(`${sandbox.url}/zones/${zone}/dns_records`, { token });
}

describe('faults', () => {
  it.each<[Fault, number, boolean]>([
    [{ kind: 'status', status: 503 }, 503, false],
    [{ kind: 'status', status: 502, applied: true }, 502, true],
    [{ kind: 'html200' }, 200, false],
    [{ kind: 'success-false', code: 1003 }, 200, false],
    [{ kind: 'truncated-json' }, 200, true],
    [{ kind: 'delay', ms: 5 }, 200, true],
  ])('%o answers %d', async (fault, status, applied) => {
    sandbox.fault(fault);
    expect((await create()).status).toBe(status);
    expect(sandbox.records(zone)).toHaveLength(applied ? 1 : 0);
  });

  it('carry code, message and headers', async () => {
    sandbox.fault({
      kind: 'status',
      status: 429,
      code: 971,
      message: 'slow',
      headers: { 'retry-after': '7' },
    });
    const { json, headers } = await list();
    expect(json.errors).toEqual([{ code: 971, message: 'slow' }]);
    expect(headers['retry-after']).toBe('7');
  });

  it.each<[Fault, boolean]>([
    [{ kind: 'reset-before' }, false],
    [{ kind: 'reset-after' }, true],
  ])('%o loses the answer', async (fault, applied) => {
    sandbox.fault(fault);
    await expect(create()).rejects.toThrow();
    expect(sandbox.records(zone)).toHaveLength(applied ? 1 : 0);
    expect(sandbox.calls.at(-1)?.status).toBeUndefined();
  });

  it.each<[Fault, boolean]>([
    [{ kind: 'hang-headers' }, false],
    [{ kind: 'hang-headers', applied: true }, true],
    [{ kind: 'hang-body' }, true],
  ])('%o leaves the client waiting', async (fault, applied) => {
    sandbox.fault(fault);
    await expect(create(AbortSignal.timeout(60))).rejects.toThrow();
    expect(sandbox.records(zone)).toHaveLength(applied ? 1 : 0);
  });

  it('let a request land after its client has left', async () => {
    sandbox.fault({ kind: 'delay', ms: 400 });
    await expect(create(AbortSignal.timeout(20))).rejects.toThrow();
    expect(sandbox.records(zone)).toHaveLength(0);
    await expect.poll(() => sandbox.records(zone).length).toBe(1);
  });

  it('shorten a list without touching its counts', async () => {
    sandbox.create(zone, body);
    sandbox.create(zone, { ...body, name: 'b.example.com' });
    sandbox.fault({ kind: 'short-list' });
    const { json } = await list();
    expect(json.result).toHaveLength(1);
    expect(json.result_info).toMatchObject({ count: 2, total_count: 2 });
  });

  it('meet only the requests they are meant for, as often as they say, until taken back', async () => {
    const back = sandbox.fault({ kind: 'status', match: ({ method }) => method === 'GET', times: 2 });
    expect((await create()).status).toBe(200);
    expect((await list()).status).toBe(500);
    back();
    expect((await list()).status).toBe(200);
  });
});

describe('the call log', () => {
  it('holds method, path, query, body, arrival and status, and no token', async () => {
    const before = performance.now();
    await ask(`${sandbox.url}/zones/${zone}/dns_records?per_page=5`, { token });
    await create();
    expect(sandbox.calls).toMatchObject([
      { method: 'GET', path: `/client/v4/zones/${zone}/dns_records`, query: { per_page: '5' }, status: 200 },
      { method: 'POST', body, status: 200 },
    ]);
    expect(sandbox.calls[0]!.at).toBeGreaterThanOrEqual(before);
    expect(JSON.stringify(sandbox.calls)).not.toContain(token);
    sandbox.clearCalls();
    expect(sandbox.calls).toEqual([]);
  });
});

describe('close', () => {
  it('ends answers that hang', async () => {
    sandbox.fault({ kind: 'hang-headers' });
    const waiting = list();
    await expect.poll(() => sandbox.calls.length).toBe(1);
    await Promise.all([expect(waiting).rejects.toThrow(), sandbox.close()]);
    await expect(list()).rejects.toThrow();
  });
});
