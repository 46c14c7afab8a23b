import { delimiter, dirname, join } from 'node:path'
import type { TaskRequest } from './compute.ts'
import { harness } from './harness-files.ts'
import type { RunFolder } from './run-folder.ts'
import { sparkArguments } from './spark-arguments.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** Taken from the emulator's environment. Whatever else is in there, also every secret, stays out of the run. */
const taken = [
  'HOME TZ JAVA_HOME HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy all_proxy no_proxy',
  'SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE PIP_CERT PIP_DEFAULT_TIMEOUT',
  'PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_TRUSTED_HOST PIP_FIND_LINKS PIP_NO_INDEX UV_INDEX_URL UV_DEFAULT_INDEX',
].flatMap((line) => line.split(' '))

/** An index with a password in its address is a secret: it reaches the environments that pip makes, not the code. */
const holdsPassword = (name: string, value: string): boolean =>
  /^(PIP|UV)_/.test(name) && /:\/\/[^/\s]*@/.test(value)

const fromEmulator = (env: Variables): Record<string, string> =>
  Object.fromEntries(
    taken.flatMap((name) => {
      const value = env[name]
      return value === undefined || holdsPassword(name, value) ? [] : [[name, value]]
    }),
  )

/** Passwords in addresses of proxies: code needs them, its log does not. */
export const passwordsIn = (env: Variables): string[] =>
  Object.entries(fromEmulator(env)).flatMap(([, value]) => {
    const password = /:\/\/[^/\s:@]*:([^/\s@]+)@/.exec(value)?.[1]
    return password === undefined ? [] : [password]
  })

/** The entry by which processes of a run are known: the folder is the run's own on this machine, its id is not. */
export const markerOf = (folder: RunFolder): string => `BRICKRAIL_RUN_FOLDER=${folder.path}`

const joined = (...parts: (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== '').join(delimiter)

/** Runs talk to the workspace on this machine, where no proxy could reach it. */
const direct = (variables: Variables): Record<string, string> => {
  if (!Object.keys(variables).some((name) => /^(https?|all)_proxy$/i.test(name))) return {}
  const value = [variables['no_proxy'] ?? variables['NO_PROXY'], '127.0.0.1', 'localhost']
    .filter((part) => part !== undefined && part !== '')
    .join(',')
  return { NO_PROXY: value, no_proxy: value }
}

/** The whole environment of a run's process: a few of the emulator's variables, the request's, and what the harness needs. */
export const runVariables = (
  env: Variables,
  folder: RunFolder,
  { id, python, dbfsRoot, workspaceRoot, env: own }: TaskRequest,
): Record<string, string> => ({
  ...fromEmulator(env),
  LANG: 'C.UTF-8',
  PYTHONUTF8: '1',
  // Code is imported from /dbfs and /Workspace, where nobody wants compiled files.
  PYTHONDONTWRITEBYTECODE: '1',
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
  SPARK_LOCAL_IP: '127.0.0.1',
  PYSPARK_PYTHON: python,
  PYSPARK_SUBMIT_ARGS: sparkArguments({ dbfsRoot, work: folder.work }),
  ...own,
  ...direct({ ...fromEmulator(env), ...own }),
  // `%sh python` is the environment's, too.
  PATH: joined(dirname(python), own['PATH'] ?? env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'),
  PYTHONPATH: joined(join(harness(), 'site'), own['PYTHONPATH']),
  TMPDIR: folder.tmp,
  DBFS_ROOT: dbfsRoot,
  WORKSPACE_ROOT: workspaceRoot,
  BRICKRAIL_RUN: id,
  BRICKRAIL_RUN_FOLDER: folder.path,
})
