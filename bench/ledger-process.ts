import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Ledger } from '../src/ledger/ledger.ts';
import { quantile } from './quantile.ts';
import { figure, tableText } from './table.ts';

// What it costs to have each commit of the ledger on the disk. `node bench/ledger-process.ts [DIRECTORY]`: the disk of
// that directory; else that of temporary files. docs/decisions/ says what was chosen, and why.

const SIZES = [1, 20, 200];
const BATCHES = 300;

const SETTINGS = [
  { synchronous: 'FULL', checkpoint: 1000 },
  { synchronous: 'NORMAL', checkpoint: 1000 },
  { synchronous: 'FULL', checkpoint: 100 },
  { synchronous: 'FULL', checkpoint: 10_000 },
] as const;

type Setting = (typeof SETTINGS)[number];

const RECORD = '{"name":"app.example.com","type":"A","content":"203.0.113.7","ttl":1,"proxied":false}';
const AT = '2026-03-01T12:00:00.000Z';

const rows: (readonly string[])[] = [];
for (const setting of SETTINGS) for (const size of SIZES) rows.push(measure(setting, size));
console.log(
  tableText({
    title: 'The ledger on the disk',
    how: `Milliseconds for the two commits of a batch, ${BATCHES} batches each: its intents before it is sent, then intents closed, rows and history. Checkpoint: pages in the log after which SQLite copies it into the file.`,
    columns: [
      'synchronous, checkpoint, writes a batch',
      'intend p50',
      'p99',
      'settle p50',
      'p99',
      'slowest',
      'largest log, KiB',
    ],
    rows,
  }),
);

function measure({ synchronous, checkpoint }: Setting, size: number): readonly string[] {
  const directory = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'routeflare-bench-'));
  try {
    const path = join(directory, 'ledger.db');
    const made = Ledger.open({ path, mode: 'write' });
    if (!made.ok) throw new Error(made.error.message);
    made.value.close();
    const database = new Database(path);
    database.pragma('journal_mode = WAL');
    database.pragma(`synchronous = ${synchronous}`);
    database.pragma(`wal_autocheckpoint = ${checkpoint}`);
    const { intend, settle } = statementsOf(database, size);
    const intending: number[] = [];
    const settling: number[] = [];
    let log = 0;
    for (let batch = 0; batch < BATCHES; batch += 1) {
      intending.push(timed(intend));
      settling.push(timed(settle));
      log = Math.max(log, statSync(`${path}-wal`).size);
    }
    database.close();
    return [
      `${synchronous}, ${checkpoint}, ${size}`,
      ...[intending, settling].flatMap((times) => [quantile(times, 0.5), quantile(times, 0.99)]).map(figure),
      figure(Math.max(...intending, ...settling)),
      figure(Math.round(log / 1024)),
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function statementsOf(database: Database.Database, size: number) {
  const open = database.prepare(
    `INSERT INTO intents (at, action, zone, zone_id, name, type, record_id, "before", "after")
      VALUES ('${AT}', 'update', 'example.com', 'z1', ?, 'A', ?, '${RECORD}', '${RECORD}')`,
  );
  const close = database.prepare('DELETE FROM intents WHERE id = ?');
  const claim = database.prepare(
    `INSERT INTO records (zone, zone_id, name, type, content, ttl, proxied, record_id, content_mode, state, state_reason,
        cluster, ttl_written, proxied_written, adopted, created_at, updated_at)
      VALUES ('example.com', 'z1', ?, 'A', '203.0.113.7', 1, 0, ?, 'static', 'active', '', '', 0, 0, 0, '${AT}', '${AT}')
      ON CONFLICT (record_id) DO UPDATE SET content = excluded.content, updated_at = excluded.updated_at`,
  );
  const history = database.prepare(
    `INSERT INTO history (at, action, zone, name, type, "before", "after", reason, holder, outcome)
      VALUES ('${AT}', 'update', 'example.com', ?, 'A', '${RECORD}', '${RECORD}', 'wanted by its holder', 'HTTPRoute/a/b', 'done')`,
  );
  const names = Array.from({ length: size }, (_, at) => `n${at}.example.com`);
  let ids: (number | bigint)[] = [];
  return {
    intend: database.transaction(() => {
      ids = names.map((name) => open.run(name, name).lastInsertRowid);
    }),
    settle: database.transaction(() => {
      for (const id of ids) close.run(id);
      for (const name of names) {
        claim.run(name, name);
        history.run(name);
      }
    }),
  };
}

function timed(work: Database.Transaction<() => void>): number {
  const begun = performance.now();
  work.immediate();
  return performance.now() - begun;
}
