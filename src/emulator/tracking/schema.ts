/**
 * Experiments, runs, logged models. Experiments say which face they belong to, the rest belongs to an experiment. Deleted ones stay, as
 * `stage` says. Metrics: `value` NULL is NaN; `mlflow_latest` holds the one of the highest step, then time, then value. INTEGER columns are written
 * from decimal text and read as text, so int64 stays exact.
 */
export const trackingSchema = `
CREATE TABLE IF NOT EXISTS mlflow_experiments (
  id TEXT PRIMARY KEY, face TEXT NOT NULL, name TEXT NOT NULL, location TEXT NOT NULL, stage TEXT NOT NULL,
  created INTEGER NOT NULL, updated INTEGER NOT NULL, UNIQUE (face, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mlflow_experiment_tags (
  owner TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (owner, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mlflow_runs (
  id TEXT PRIMARY KEY, experiment TEXT NOT NULL, name TEXT NOT NULL, user TEXT NOT NULL, status TEXT NOT NULL,
  started INTEGER, ended INTEGER, deleted INTEGER, stage TEXT NOT NULL, artifact_uri TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS mlflow_runs_of ON mlflow_runs (experiment, stage, started DESC, id);
CREATE TABLE IF NOT EXISTS mlflow_metrics (
  owner TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, step INTEGER NOT NULL, value REAL,
  UNIQUE (owner, key, at, step, value));
CREATE UNIQUE INDEX IF NOT EXISTS mlflow_metrics_nan ON mlflow_metrics (owner, key, at, step) WHERE value IS NULL;
CREATE TABLE IF NOT EXISTS mlflow_latest (
  owner TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, step INTEGER NOT NULL, value REAL,
  PRIMARY KEY (owner, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mlflow_params (
  owner TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (owner, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mlflow_tags (
  owner TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (owner, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mlflow_inputs (
  owner TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL, context TEXT, seq INTEGER NOT NULL, doc TEXT NOT NULL,
  PRIMARY KEY (owner, name, digest)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mlflow_run_models (
  owner TEXT NOT NULL, kind TEXT NOT NULL, model TEXT NOT NULL, step INTEGER NOT NULL, seq INTEGER PRIMARY KEY);
CREATE INDEX IF NOT EXISTS mlflow_run_models_of ON mlflow_run_models (owner, kind, seq);
CREATE TABLE IF NOT EXISTS mlflow_models (
  id TEXT PRIMARY KEY, experiment TEXT NOT NULL, name TEXT NOT NULL, artifact_uri TEXT NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, status TEXT NOT NULL, type TEXT NOT NULL, run TEXT NOT NULL, stage TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS mlflow_models_of ON mlflow_models (experiment, stage, created DESC, id);
CREATE TABLE IF NOT EXISTS mlflow_model_metrics (
  owner TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, step INTEGER NOT NULL, value REAL, run TEXT NOT NULL,
  dataset TEXT, digest TEXT, PRIMARY KEY (owner, key, at, step, run)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mlflow_model_params (
  owner TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (owner, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mlflow_model_tags (
  owner TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (owner, key)) WITHOUT ROWID;
`

export const trackingTables = [
  'mlflow_experiments',
  'mlflow_experiment_tags',
  'mlflow_runs',
  'mlflow_metrics',
  'mlflow_latest',
  'mlflow_params',
  'mlflow_tags',
  'mlflow_inputs',
  'mlflow_run_models',
  'mlflow_models',
  'mlflow_model_metrics',
  'mlflow_model_params',
  'mlflow_model_tags',
] as const
