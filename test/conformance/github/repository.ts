import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { checkout as brickrail, machine } from '../ci/machine.ts'
import { layOut, type Size } from '../ci/sample.ts'

export interface Pushed {
  /** Zeros when the branch is new. */
  before: string
  after: string
}

/** A repository as GitHub keeps it, and the clone of somebody who works on it. */
export interface Repository {
  /** For `git fetch`. */
  url: string
  write(path: string, text: string): void
  edit(path: string, change: (text: string) => string): void
  read(path: string): string
  /** Commit everything and push it to the branch. */
  push(branch: string): Pushed
  /** As GitHub does for a pull request: its head merged into the default branch, at refs/pull/N/merge. */
  merge(branch: string, number: number): { head: string; merge: string }
  /** Newest commit of the clone. */
  head(): string
  checkout(branch: string, from?: string): void
  /** Pipeline files from the spec, as a developer makes them. */
  generate(): void
}

const none = '0'.repeat(40)
export const program = `node ${join(brickrail, 'dist/scripts/brickrail.js')}`

const author = { name: 'Ada', email: 'ada@example.com', date: '2026-01-01T00:00:00Z' }
const gitEnvironment = (home: string): Record<string, string> => ({
  HOME: home,
  PATH: process.env['PATH'] ?? '',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: author.name,
  GIT_AUTHOR_EMAIL: author.email,
  GIT_COMMITTER_NAME: author.name,
  GIT_COMMITTER_EMAIL: author.email,
})

export const git = (folder: string, home: string, ...args: string[]): string =>
  execFileSync('git', args, {
    cwd: folder,
    env: gitEnvironment(home),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()

/** The sample project, with Brickrail taken from this build. `ci` says more of its pipelines. */
export const createRepository = (folder: string, ci: object, size?: Size): Repository => {
  const [origin, clone] = [join(folder, 'origin.git'), join(folder, 'clone')]
  mkdirSync(origin, { recursive: true })
  mkdirSync(clone)
  git(origin, folder, 'init', '--quiet', '--bare', '--initial-branch=master')
  git(clone, folder, 'init', '--quiet', '--initial-branch=master')
  git(clone, folder, 'remote', 'add', 'origin', `file://${origin}`)
  const path = (name: string): string => join(clone, name)
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(path(name)), { recursive: true })
    writeFileSync(path(name), text)
  }
  const read = (name: string): string => readFileSync(path(name), 'utf8')
  layOut(clone, { default_branch: 'master', install: [], command: program, ...ci }, size)
  write('README.md', '# Sample\n')
  return {
    url: `file://${origin}`,
    write,
    read,
    edit: (name, change) => {
      const [old, changed] = [read(name), change(read(name))]
      if (old === changed) throw new Error(`${name} did not change`)
      write(name, changed)
    },
    push: (branch) => {
      const known = git(clone, folder, 'ls-remote', 'origin', `refs/heads/${branch}`)
      git(clone, folder, 'add', '--all')
      git(clone, folder, 'commit', '--quiet', '--message', 'change')
      git(clone, folder, 'push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`)
      return { before: known.split(/\s/)[0] || none, after: git(clone, folder, 'rev-parse', 'HEAD') }
    },
    merge: (branch, number) => {
      const head = git(clone, folder, 'rev-parse', branch)
      git(clone, folder, 'checkout', '--quiet', '--detach', 'master')
      git(clone, folder, 'merge', '--quiet', '--no-ff', '--message', 'merge', head)
      const merge = git(clone, folder, 'rev-parse', 'HEAD')
      git(clone, folder, 'push', '--quiet', '--force', 'origin', `HEAD:refs/pull/${number}/merge`)
      git(clone, folder, 'checkout', '--quiet', branch)
      return { head, merge }
    },
    head: () => git(clone, folder, 'rev-parse', 'HEAD'),
    checkout: (branch, from) =>
      void git(
        clone,
        folder,
        'checkout',
        '--quiet',
        ...(from === undefined ? [branch] : ['-B', branch, from]),
      ),
    generate: () =>
      void execFileSync('bash', ['-c', `${program} generate`], {
        cwd: clone,
        env: { ...machine, HOME: folder, PATH: process.env['PATH'] ?? '' },
        stdio: 'pipe',
      }),
  }
}
