import { createRequire } from 'node:module'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { checkout, machine } from '../ci/machine.ts'
import { layOut, type Size } from '../ci/sample.ts'
import { run, type Ran } from '../peers.ts'

const require = createRequire(import.meta.url)
const brickrail = [process.execPath, join(checkout, 'dist/scripts/brickrail.js')]

/** A path as GitLab has it, so that CI_PROJECT_PATH and the like are as on the host. */
const address = 'https://gitlab.example.com/ml/tesseract.git'

/** One of the user's own, with a value from an earlier job. */
const announce = {
  stage: 'test',
  on: ['push'],
  needs: ['check-pipelines', 'build-cluster'],
  script: ['echo "deployment #$BRICKRAIL_DEPLOYMENT is out"'],
}

const section = {
  hosts: ['gitlab'],
  default_branch: 'master',
  target: 'dev',
  production: 'prod',
  install: [],
  command: brickrail.join(' '),
  jobs: { announce },
}

/** Only these: nothing else of the machine gets into a job. */
const environment = (home: string): Record<string, string> => ({
  ...machine,
  PATH: process.env['PATH'] ?? '',
  HOME: home,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'ci',
  GIT_AUTHOR_EMAIL: 'ci@example.com',
  GIT_COMMITTER_NAME: 'ci',
  GIT_COMMITTER_EMAIL: 'ci@example.com',
})

/** What gitlab-ci-local says, and each job's end: `pass` or `fail`; jobs that did not run are not in it. */
export interface Pipeline extends Ran {
  jobs: Record<string, 'pass' | 'fail'>
}

/** A job in `--list-json`. */
export interface Listed {
  name: string
  when: 'on_success' | 'manual' | 'never'
}

/** A sample project with generated pipelines, in git; `origin` stays at what was pushed last. */
export interface Repository {
  folder: string
  brickrail(env: Record<string, string>, ...args: string[]): Promise<Ran>
  /** Change a file, and commit. */
  commit(path: string, change: (text: string) => string): Promise<void>
  /** The commits so far are on the server: the next push is compared with them. */
  pushed(): Promise<void>
  /** gitlab-ci-local: a whole pipeline, or with `args` some of it. Variables are those of the project and the host. */
  pipeline(variables: Readonly<Record<string, string>>, ...args: string[]): Promise<Pipeline>
  /** A report that a job of the last pipeline left: name of the file in the folder of reports. */
  report(job: string, file: string): string
  /** The jobs that it knows, and when each would run; nothing is run. */
  list(variables: Readonly<Record<string, string>>): Promise<Listed[]>
  /** The pipeline as it reads it, with all that is included, extended and referred to. */
  expanded(variables: Readonly<Record<string, string>>): Promise<Record<string, object>>
}

/** ` PASS  build-cluster`, ` FAIL  plan  1` at the end of the output. */
const endsOf = (stdout: string): Pipeline['jobs'] =>
  Object.fromEntries(
    [...stdout.matchAll(/^ (PASS|FAIL) {2}(\S+)/gm)].map(([, end, name = '']) => [
      name,
      end === 'PASS' ? 'pass' : 'fail',
    ]),
  )

const gitIn =
  (folder: string, env: Record<string, string>) =>
  async (...args: string[]): Promise<void> => {
    const { status, stderr } = await run('git', args, env, folder)
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
  }

/** GitLab’s own variables are given as the host would; gitlab-ci-local warns of each unless it is told. */
const variableArgs = (variables: Readonly<Record<string, string>>): string[] => [
  ...Object.entries(variables).flatMap(([name, value]) => ['--variable', `${name}=${value}`]),
  '--ignore-predefined-vars',
  Object.keys(variables).join(','),
]

/** The schema is checked by `list` only: it takes half a second. */
const execution = [
  '--force-shell-executor',
  '--shell-isolation',
  '--no-artifacts-to-source',
  '--no-json-schema-validation',
]

/** @param parent an empty folder */
export const makeRepository = async (parent: string, size?: Size): Promise<Repository> => {
  const folder = join(parent, 'tesseract')
  const env = environment(parent)
  const git = gitIn(folder, env)
  mkdirSync(folder)
  layOut(folder, section, size)
  writeFileSync(join(folder, 'package.json'), '{ "name": "tesseract", "private": true }\n')
  const call = (more: Record<string, string>, ...args: string[]): Promise<Ran> =>
    run(brickrail[0] ?? '', [...brickrail.slice(1), ...args], { ...env, ...more }, folder)
  const generated = await call({}, 'generate')
  if (generated.status !== 0) throw new Error(generated.stderr)
  await git('init', '--quiet', '--initial-branch', 'master')
  await git('init', '--quiet', '--bare', join(parent, 'origin.git'))
  await git('remote', 'add', 'origin', join(parent, 'origin.git'))
  await git('remote', 'add', 'gcl-origin', address)
  const commitAll = async (message: string): Promise<void> => {
    await git('add', '--all')
    await git('commit', '--quiet', '--message', message)
  }
  writeFileSync(join(folder, '.gitignore'), '.gitlab-ci-local*\n')
  await commitAll('sample project')
  await git('push', '--quiet', 'origin', 'master')
  await git('remote', 'set-head', 'origin', 'master')
  const local = async (variables: Readonly<Record<string, string>>, args: readonly string[]): Promise<Ran> =>
    await run(
      process.execPath,
      [require.resolve('gitlab-ci-local'), ...variableArgs(variables), ...args],
      env,
      folder,
    )
  const asked = async (variables: Readonly<Record<string, string>>, question: string): Promise<string> => {
    const { status, stdout, stderr } = await local(variables, [question])
    if (status !== 0) throw new Error(stderr)
    return stdout
  }
  return {
    folder,
    brickrail: call,
    commit: async (path, change) => {
      const file = join(folder, path)
      writeFileSync(file, change(readFileSync(file, 'utf8')))
      await commitAll(`change ${path}`)
    },
    pushed: () => git('push', '--quiet', 'origin', 'master'),
    pipeline: async (variables, ...args) => {
      rmSync(join(folder, '.gitlab-ci-local'), { recursive: true, force: true })
      const ran = await local(variables, [...execution, ...args])
      return { ...ran, jobs: endsOf(ran.stdout) }
    },
    report: (job, file) =>
      readFileSync(join(folder, '.gitlab-ci-local/builds', job, 'brickrail-reports', file), 'utf8'),
    list: async (variables) => JSON.parse(await asked(variables, '--list-json')) as Listed[],
    expanded: async (variables) => parse(await asked(variables, '--preview')) as Record<string, object>,
  }
}
