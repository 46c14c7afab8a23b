import { trackingSchema, trackingTables } from '../tracking/schema.ts'

import { registrySchema, registryTables } from '../registry/schema.ts'

/**
 * Everything the workspace knows. Documents are JSON text; int64 ids are text, because SQLite's integers
 * would reach JavaScript rounded. `meta` counts: `offset` ms of the clock, last `tick`, last `id`.
 */
export const schema = `
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS principals (
  user TEXT PRIMARY KEY, id TEXT NOT NULL, kind TEXT NOT NULL, secret TEXT,
  entitlements TEXT NOT NULL, groups TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tokens (
  token TEXT PRIMARY KEY, user TEXT NOT NULL, expires INTEGER, configured INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS grants (
  object TEXT NOT NULL, kind TEXT NOT NULL, principal TEXT NOT NULL, level TEXT NOT NULL,
  PRIMARY KEY (object, kind, principal)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS clusters (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, doc TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events (
  seq INTEGER PRIMARY KEY, cluster TEXT NOT NULL, at INTEGER NOT NULL, type TEXT NOT NULL, details TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS events_of ON events (cluster, at, seq);
CREATE TABLE IF NOT EXISTS libraries (
  cluster TEXT NOT NULL, identity TEXT NOT NULL, seq INTEGER NOT NULL, doc TEXT NOT NULL,
  PRIMARY KEY (cluster, identity)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outcomes (seq INTEGER PRIMARY KEY, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS objects (
  path TEXT PRIMARY KEY, parent TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, language TEXT, format TEXT,
  created INTEGER NOT NULL, modified INTEGER NOT NULL, size INTEGER) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS objects_in ON objects (parent, path);
CREATE INDEX IF NOT EXISTS objects_by_id ON objects (id);
CREATE TABLE IF NOT EXISTS contents (id TEXT PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS dbfs_handles (
  id TEXT PRIMARY KEY, path TEXT NOT NULL, user TEXT NOT NULL, overwrite INTEGER NOT NULL,
  touched INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS secret_scopes (name TEXT PRIMARY KEY COLLATE NOCASE) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS secrets (
  scope TEXT NOT NULL COLLATE NOCASE, key TEXT NOT NULL, value BLOB NOT NULL, updated INTEGER NOT NULL,
  PRIMARY KEY (scope, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS secret_acls (
  scope TEXT NOT NULL COLLATE NOCASE, principal TEXT NOT NULL, permission TEXT NOT NULL,
  PRIMARY KEY (scope, principal)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS jobs (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, doc TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS job_runs (
  id TEXT PRIMARY KEY, seq INTEGER NOT NULL, job TEXT NOT NULL, type TEXT NOT NULL, active INTEGER NOT NULL,
  owner TEXT NOT NULL, asked INTEGER NOT NULL, created INTEGER NOT NULL, doc TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS job_runs_of ON job_runs (job, seq);
CREATE INDEX IF NOT EXISTS job_runs_active ON job_runs (active, seq);
CREATE TABLE IF NOT EXISTS task_runs (id TEXT PRIMARY KEY, run TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outputs (id TEXT PRIMARY KEY, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS contexts (id TEXT PRIMARY KEY, owner TEXT NOT NULL, token TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS idempotency (token TEXT PRIMARY KEY, run TEXT NOT NULL) WITHOUT ROWID;
${registrySchema}${trackingSchema}`

export const tables = [
  'meta',
  'principals',
  'tokens',
  'grants',
  'clusters',
  'events',
  'libraries',
  'outcomes',
  'objects',
  'contents',
  'dbfs_handles',
  'secret_scopes',
  'secrets',
  'secret_acls',
  'jobs',
  'job_runs',
  'task_runs',
  'outputs',
  'contexts',
  'idempotency',
  ...registryTables,
  ...trackingTables,
] as const
