/** What can run on this machine. Each ability is looked up when it is first asked for, and once. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import type { Abilities, ComputeOptions } from './compute.ts'

type Variables = ComputeOptions['env']

/** ms. A shim that asks the network, or a prompt that nobody sees, must not hold up everything. */
const longestLook = 10_000

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', ''] : ['']

/** Every program of that name on the PATH, in its order. Relative entries of the PATH are left out. */
const programsNamed = (env: Variables, name: string): string[] =>
  (env['PATH'] ?? env['Path'] ?? '')
    .split(delimiter)
    .filter(isAbsolute)
    .flatMap((folder) => suffixes.map((suffix) => join(folder, `${name}${suffix}`)))
    .filter(isProgram)

/** Whether there is anything that could be a Python: a look at the PATH, no process. */
export const mayHavePython = (env: Variables): boolean =>
  ['python3', 'python'].some((name) => programsNamed(env, name).length > 0)

/** What it writes, or undefined when it fails or takes too long. */
const said = (env: Variables, file: string, args: readonly string[]): string | undefined => {
  const { status, stdout, stderr } = spawnSync(file, args, {
    env,
    encoding: 'utf8',
    timeout: longestLook,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1_000_000,
  })
  return status === 0 ? `${stdout}\n${stderr}` : undefined
}

const question = [
  'import sys, json',
  // Of a virtual environment the Python that it was made from: it is there when the environment has gone.
  'path = getattr(sys, "_base_executable", None) or sys.executable',
  'found = {"path": path, "version": "%d.%d.%d" % sys.version_info[:3], "venv": True}',
  'try:',
  '    import venv, ensurepip',
  'except ImportError:',
  '    found["venv"] = False',
  'print("found " + json.dumps(found))',
].join('\n')

interface FoundPython {
  path: string
  version: string
  venv: boolean
}

const ask = (env: Variables, file: string): FoundPython | undefined => {
  const answer = /^found (.*)$/m.exec(said(env, file, ['-I', '-c', question]) ?? '')?.[1]
  return answer === undefined ? undefined : JSON.parse(answer)
}

const isRecent = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 3 || (major === 3 && minor >= 8)
}

const lookForPython = (env: Variables, uv: string | undefined): Abilities['python'] => {
  const reasons: string[] = []
  for (const file of ['python3', 'python'].flatMap((name) => programsNamed(env, name))) {
    const found = ask(env, file)
    if (found === undefined) reasons.push(`${file} does not run`)
    else if (!isRecent(found.version)) reasons.push(`${file} is Python ${found.version}`)
    else if (!found.venv && uv === undefined)
      reasons.push(`${file} cannot make virtual environments: install python3-venv, or uv`)
    else return { path: found.path, version: found.version }
  }
  const why = reasons.length === 0 ? '' : ` (${reasons.join('; ')})`
  return { missing: `there is no Python >= 3.8 with venv on the PATH of this machine${why}` }
}

const lookForUv = (env: Variables): string | undefined =>
  programsNamed(env, 'uv').find((file) => said(env, file, ['--version'])?.startsWith('uv '))

/** `17.0.1`, and `1.8.0` of the old numbering: the major version. */
const javaVersion = (text: string): number => {
  const [, first = '0', second = '0'] = /version "(\d+)(?:\.(\d+))?/.exec(text) ?? []
  return Number(first === '1' ? second : first)
}

/** Spark 4 needs Java 17: https://spark.apache.org/docs/latest/#downloading */
const lookForJava = (env: Variables): Abilities['java'] => {
  const home = env['JAVA_HOME']
  const own = home && isAbsolute(home) ? [join(home, 'bin', 'java')].filter(isProgram) : []
  const reasons: string[] = []
  for (const path of [...own, ...programsNamed(env, 'java')]) {
    const version = javaVersion(said(env, path, ['-version']) ?? '')
    if (version >= 17) return { path }
    reasons.push(version === 0 ? `${path} does not run` : `${path} is Java ${version}`)
  }
  const why = reasons.length === 0 ? '' : ` (${reasons.join('; ')})`
  return { missing: `there is no Java >= 17 on this machine${why}` }
}

const lookForRscript = (env: Variables): Abilities['rscript'] => {
  const path = programsNamed(env, 'Rscript').find((file) => said(env, file, ['--version']) !== undefined)
  return path === undefined ? { missing: 'there is no Rscript on this machine' } : { path }
}

const once = <T>(look: () => T): (() => T) => {
  let found: { value: T } | undefined
  return () => (found ??= { value: look() }).value
}

/** Nothing is looked up until a member is read. A look takes up to 10 s a candidate, and a tenth of a second as a rule. */
export const lookUpAbilities = (env: Variables): Abilities => {
  const uv = once(() => lookForUv(env))
  const python = once(() => lookForPython(env, uv()))
  const java = once(() => lookForJava(env))
  const rscript = once(() => lookForRscript(env))
  return {
    get python() {
      return python()
    },
    get uv() {
      return uv()
    },
    get java() {
      return java()
    },
    get rscript() {
      return rscript()
    },
  }
}
