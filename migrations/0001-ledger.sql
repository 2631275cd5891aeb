-- The ledger as people read it with sqlite3; docs/ledger.md has queries to copy.
-- Times are ISO 8601 UTC text with milliseconds. A TTL is whole seconds, 1 is automatic (also inside the JSON of
-- "before" and "after"). Flags are 0 or 1.

PRAGMA application_id = 1383351916; -- "RtFl": tells a ledger from any other SQLite file

-- Which files of this folder the ledger has had.
CREATE TABLE migrations (
  number     INTEGER PRIMARY KEY,
  name       TEXT NOT NULL,
  checksum   TEXT NOT NULL,
  applied_at TEXT NOT NULL
) STRICT;

-- One row for each record that is ours, as it was last written or verified.
CREATE TABLE records (
  id                INTEGER PRIMARY KEY,
  zone              TEXT    NOT NULL CHECK (zone <> ''),
  zone_id           TEXT    NOT NULL CHECK (zone_id <> ''),
  name              TEXT    NOT NULL CHECK (name <> ''),
  type              TEXT    NOT NULL CHECK (type IN ('A', 'AAAA', 'CNAME')),
  content           TEXT    NOT NULL CHECK (content <> ''),
  ttl               INTEGER NOT NULL CHECK (ttl >= 1),
  proxied           INTEGER NOT NULL CHECK (proxied IN (0, 1)),
  record_id         TEXT    NOT NULL UNIQUE CHECK (record_id <> ''),
  holder_kind       TEXT    CHECK (holder_kind IN ('HTTPRoute', 'GRPCRoute', 'TLSRoute', 'Ingress', 'Service')),
  holder_namespace  TEXT,
  holder_name       TEXT,
  content_mode      TEXT    NOT NULL CHECK (content_mode IN ('gateway-address', 'ddns', 'static')),
  state             TEXT    NOT NULL CHECK (state IN
                      ('active', 'pending', 'frozen', 'suspended', 'deleting', 'held', 'left', 'released')),
  state_reason      TEXT    NOT NULL,
  via_kind          TEXT    CHECK (via_kind IN ('Gateway', 'ListenerSet')),
  via_namespace     TEXT,
  via_name          TEXT,
  cluster           TEXT    NOT NULL,
  ttl_written       INTEGER NOT NULL CHECK (ttl_written IN (0, 1)),
  proxied_written   INTEGER NOT NULL CHECK (proxied_written IN (0, 1)),
  adopted           INTEGER NOT NULL CHECK (adopted IN (0, 1)),
  doomed_at         TEXT    CHECK (doomed_at LIKE '____-__-__T__:__:__.___Z'),
  created_at        TEXT    NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z'),
  updated_at        TEXT    NOT NULL CHECK (updated_at LIKE '____-__-__T__:__:__.___Z'),
  verified_at       TEXT    CHECK (verified_at LIKE '____-__-__T__:__:__.___Z'),
  CHECK ((holder_kind IS NULL) = (holder_namespace IS NULL) AND (holder_kind IS NULL) = (holder_name IS NULL)),
  CHECK ((via_kind IS NULL) = (via_namespace IS NULL) AND (via_kind IS NULL) = (via_name IS NULL))
) STRICT;

CREATE INDEX records_by_zone ON records (zone_id);
CREATE INDEX records_by_name ON records (name);

-- What happened, for good. AUTOINCREMENT: an id is never given twice, so ids count rows.
CREATE TABLE history (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  at       TEXT NOT NULL CHECK (at LIKE '____-__-__T__:__:__.___Z'),
  action   TEXT NOT NULL CHECK (action IN ('create', 'update', 'adopt', 'delete', 'take-over', 'release',
             'recover', 'hold', 'leave', 'approve', 'settle', 'stop', 'resume')),
  zone     TEXT NOT NULL,
  name     TEXT NOT NULL,
  type     TEXT NOT NULL,
  "before" TEXT CHECK ("before" IS NULL OR json_valid("before")),
  "after"  TEXT CHECK ("after" IS NULL OR json_valid("after")),
  reason   TEXT NOT NULL,
  holder   TEXT NOT NULL,
  outcome  TEXT NOT NULL
) STRICT;

CREATE INDEX history_by_name ON history (name, id);
CREATE INDEX history_by_time ON history (at);

CREATE TRIGGER history_is_never_changed BEFORE UPDATE ON history
BEGIN
  SELECT RAISE(ABORT, 'history is append-only');
END;

-- INSERT OR REPLACE would delete without asking the trigger below.
CREATE TRIGGER history_is_never_replaced BEFORE INSERT ON history
WHEN EXISTS (SELECT 1 FROM history WHERE id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'history is append-only');
END;

-- The newest 100,000 rows stay; only older ones may be pruned.
CREATE TRIGGER history_keeps_the_newest BEFORE DELETE ON history
WHEN OLD.id > (SELECT max(id) FROM history) - 100000
BEGIN
  SELECT RAISE(ABORT, 'history is append-only');
END;

-- Writes begun and not settled: a row is committed before the request leaves.
CREATE TABLE intents (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  at        TEXT NOT NULL CHECK (at LIKE '____-__-__T__:__:__.___Z'),
  action    TEXT NOT NULL CHECK (action IN ('create', 'update', 'adopt', 'delete', 'release')),
  zone      TEXT NOT NULL CHECK (zone <> ''),
  zone_id   TEXT NOT NULL CHECK (zone_id <> ''),
  name      TEXT NOT NULL,
  type      TEXT NOT NULL,
  record_id TEXT,
  "before"  TEXT CHECK ("before" IS NULL OR json_valid("before")),
  "after"   TEXT CHECK ("after" IS NULL OR json_valid("after"))
) STRICT;

-- The last confirmed egress address of each family; voters is a JSON list of names.
CREATE TABLE egress_addresses (
  family       INTEGER PRIMARY KEY CHECK (family IN (4, 6)),
  address      TEXT NOT NULL CHECK (address <> ''),
  confirmed_at TEXT NOT NULL CHECK (confirmed_at LIKE '____-__-__T__:__:__.___Z'),
  voters       TEXT NOT NULL CHECK (json_type(voters) = 'array')
) STRICT;

-- What the installation remembers of itself: owner, cluster, stopped.
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

-- Where the copy of a zone lies that was taken before the first write into it.
CREATE TABLE zone_copies (
  zone_id TEXT PRIMARY KEY,
  zone    TEXT NOT NULL,
  path    TEXT NOT NULL,
  at      TEXT NOT NULL CHECK (at LIKE '____-__-__T__:__:__.___Z')
) STRICT;

-- Deletions that a person let through; each is used once.
CREATE TABLE approvals (
  record_id TEXT PRIMARY KEY,
  zone_id   TEXT NOT NULL,
  name      TEXT NOT NULL,
  type      TEXT NOT NULL,
  at        TEXT NOT NULL CHECK (at LIKE '____-__-__T__:__:__.___Z')
) STRICT;

-- Names that a person took from a source by "release". Each holds until the source's routeflare/ annotations are
-- others than these (JSON, keys sorted).
CREATE TABLE refusals (
  name             TEXT NOT NULL CHECK (name <> ''),
  holder_kind      TEXT NOT NULL CHECK (holder_kind IN ('HTTPRoute', 'GRPCRoute', 'TLSRoute', 'Ingress', 'Service')),
  holder_namespace TEXT NOT NULL,
  holder_name      TEXT NOT NULL,
  annotations      TEXT NOT NULL CHECK (json_valid(annotations)),
  at               TEXT NOT NULL CHECK (at LIKE '____-__-__T__:__:__.___Z'),
  PRIMARY KEY (name, holder_kind, holder_namespace, holder_name)
) STRICT;

-- Who owns what. "last_drift" is when the record was last put right after somebody else's change, known by the
-- reason that its history row gives.
CREATE VIEW ownership AS
SELECT
  (SELECT value FROM meta WHERE key = 'owner') AS owner,
  records.holder_kind || '/' || records.holder_namespace || '/' || records.holder_name AS holder,
  printf('%dd %02dh %02dm',
    (unixepoch() - unixepoch(records.created_at)) / 86400,
    (unixepoch() - unixepoch(records.created_at)) % 86400 / 3600,
    (unixepoch() - unixepoch(records.created_at)) % 3600 / 60) AS age,
  records.verified_at AS last_verified,
  (SELECT max(history.at) FROM history
    WHERE history.name = records.name AND history.type = records.type AND history.zone = records.zone
      AND history.action IN ('create', 'update') AND history.outcome = 'done'
      AND (history.reason LIKE '%at Cloudflare by somebody else%' OR history.reason LIKE 'its marker was removed%')
  ) AS last_drift,
  records.zone, records.name, records.type, records.content, records.state
FROM records
ORDER BY records.zone, records.name, records.type;
