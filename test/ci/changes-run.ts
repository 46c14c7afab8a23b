import { execFileSync } from 'node:child_process'
import { expect } from 'vitest'
import type { Harness } from '../support/harness.ts'
import { repositoryWith } from './spec.ts'

export const git = (folder: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'commit.gpgsign=false', ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim()

export const commit = ({ folder }: Harness): string => {
  git(folder, 'add', '-A')
  git(folder, 'commit', '-qm', 'x')
  return git(folder, 'rev-parse', 'HEAD')
}

/** A repository of one commit, and the commit. */
export const start = (): [Harness, string] => {
  const harness = repositoryWith(['hosts: [github]'], {
    'workspace/ä b.py': '',
    'docs/a.md': 'x\n'.repeat(50),
  })
  git(harness.folder, 'init', '-q')
  return [harness, commit(harness)]
}

interface Result {
  base: string | null
  base_kind: string
  base_why: string
  files: string[] | null
  why: string | null
  jobs: Record<string, string>
  outputs: Record<string, string>
}

export const changes = async (
  harness: Harness,
  args: string[],
  env: Record<string, string> = {},
): Promise<Result> => {
  const { exit, stdout } = await harness.run('changes', ['-o', 'json', ...args], { env, fetch })
  expect(exit).toBe(0)
  return (JSON.parse(stdout) as { result: Result }).result
}

export const started = ({ jobs }: Result): string[] =>
  Object.keys(jobs).filter((name) => jobs[name] === 'true')
