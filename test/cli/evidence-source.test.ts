import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { authorOf, sourceOf } from '../../src/cli/model/evidence-source.ts'
import type { Session } from '../../src/cli/session.ts'

const folder = mkdtempSync(join(tmpdir(), 'brickrail-source-'))
const plain = mkdtempSync(join(tmpdir(), 'brickrail-source-'))
const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@x', ...args], {
    cwd: folder,
    encoding: 'utf8',
  }).trim()
let head = ''

beforeAll(() => {
  git('init', '--quiet')
  git('commit', '--quiet', '--allow-empty', '-m', 'first')
  head = git('rev-parse', 'HEAD')
})
afterAll(() => {
  for (const one of [folder, plain]) rmSync(one, { recursive: true, force: true })
})

const source = async (root: string, env: Record<string, string> = {}) =>
  await sourceOf({ run: { world: { env } }, project: { root } } as unknown as Pick<
    Session,
    'run' | 'project'
  >)
const gitlab = (commit: string) => ({ GITLAB_CI: 'true', CI_COMMIT_SHA: commit })

it('knows the commit of the checkout, and whether it is just that', async () => {
  expect(await source(folder)).toEqual({ commit: head, cleanTree: true })
  expect(await source(folder, gitlab(head))).toEqual({ commit: head, cleanTree: true })
  const other = 'f'.repeat(40)
  expect(await source(folder, gitlab(other))).toEqual({ commit: other, cleanTree: false })
  expect(await authorOf(folder, [undefined, other, head])).toBe('ada@x')
  writeFileSync(join(folder, 'new'), '')
  expect(await source(folder, gitlab(head))).toEqual({ commit: head, cleanTree: false })
})

it('says nothing of a tree where there is no Git', async () => {
  expect(await source(plain)).toEqual({})
  expect(await source(plain, gitlab(head))).toEqual({ commit: head })
  expect(await authorOf(plain, [head, '--output=x'])).toBeUndefined()
})
