/**
 * Registered models of all three registries: `registry` is workspace, mlflow or unity-catalog. Versions belong to the model's id, so a
 * rename carries everything. `last` is the highest number that a version ever had: numbers are not used twice. `becomes` is what a
 * version in PENDING_REGISTRATION will be; without it, it stays.
 */
export const registrySchema = `
CREATE TABLE IF NOT EXISTS registered_models (
  id TEXT PRIMARY KEY, registry TEXT NOT NULL, name TEXT NOT NULL, creator TEXT NOT NULL, owner TEXT NOT NULL,
  created INTEGER NOT NULL, updated INTEGER NOT NULL, updater TEXT NOT NULL, description TEXT, job TEXT,
  last INTEGER NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS registered_models_named ON registered_models (registry, name);
CREATE TABLE IF NOT EXISTS registered_model_tags (
  model TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (model, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS model_versions (
  model TEXT NOT NULL, number INTEGER NOT NULL, creator TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,
  updater TEXT NOT NULL, description TEXT, stage TEXT NOT NULL, source TEXT NOT NULL, location TEXT NOT NULL,
  run TEXT NOT NULL, run_link TEXT NOT NULL, logged TEXT NOT NULL, status TEXT NOT NULL, becomes TEXT, message TEXT,
  PRIMARY KEY (model, number)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS model_versions_in ON model_versions (model, stage, number);
CREATE INDEX IF NOT EXISTS model_versions_of ON model_versions (run);
CREATE INDEX IF NOT EXISTS model_versions_coming ON model_versions (created) WHERE becomes IS NOT NULL;
CREATE TABLE IF NOT EXISTS model_version_tags (
  model TEXT NOT NULL, number INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (model, number, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS model_aliases (
  model TEXT NOT NULL, alias TEXT NOT NULL, number INTEGER NOT NULL, id TEXT NOT NULL,
  PRIMARY KEY (model, alias)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS transition_requests (
  model TEXT NOT NULL, number INTEGER NOT NULL, stage TEXT NOT NULL, user TEXT NOT NULL, id TEXT NOT NULL,
  created INTEGER NOT NULL, comment TEXT NOT NULL, origin TEXT NOT NULL,
  PRIMARY KEY (model, number, stage, user)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS registry_comments (
  id TEXT PRIMARY KEY, model TEXT NOT NULL, number INTEGER NOT NULL, user TEXT NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, comment TEXT NOT NULL) WITHOUT ROWID;
`

export const registryTables = [
  'registered_models',
  'registered_model_tags',
  'model_versions',
  'model_version_tags',
  'model_aliases',
  'transition_requests',
  'registry_comments',
] as const
