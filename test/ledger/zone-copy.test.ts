import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { ActualRecord } from '../../src/domain/record.ts';
import { writeZoneCopy } from '../../src/ledger/zone-copy.ts';
import { NOW, freshPath, problem, value } from './fixture.ts';

const ZONE = { id: 'z1', name: 'example.com', status: 'active' };
const MX: ActualRecord = {
  id: 'r1',
  zoneId: 'z1',
  name: 'example.com',
  type: 'MX',
  content: 'mail.example.com',
  ttl: 'auto',
  proxied: false,
  comment: 'by hand',
  readOnly: false,
};

test('every record of the zone lies in a file beside the ledger, and nothing half-written', async () => {
  const ledger = freshPath();
  const path = value(await writeZoneCopy(ledger, ZONE, [MX], NOW));
  expect(path).toBe(join(dirname(ledger), 'zone-copies', 'example.com-2026-03-01T12-00-00.000Z.json'));
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ zone: ZONE, at: NOW, records: [MX] });
  expect(readdirSync(dirname(path))).toHaveLength(1);
});

test('a name that is no file name stays inside the directory', async () => {
  const ledger = freshPath();
  const path = value(await writeZoneCopy(ledger, { ...ZONE, name: '../../etc' }, [], NOW));
  expect(dirname(path)).toBe(join(dirname(ledger), 'zone-copies'));
});

test('a place that cannot be written is a problem with its path', async () => {
  const ledger = freshPath();
  writeFileSync(join(dirname(ledger), 'zone-copies'), 'in the way');
  const refused = problem(await writeZoneCopy(ledger, ZONE, [], NOW));
  expect(refused.message).toContain('zone-copies');
});
