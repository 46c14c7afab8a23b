import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { renderGitlab } from '../../src/ci/gitlab/render.ts'
import { jobNames, readGitlab, whole } from '../ci/gitlab/rules.ts'
import { manyJobs, pipelineOf, textOf } from '../ci/gitlab/sample.ts'

/** app/assets/javascripts/editor/schema/ci.json of GitLab: what its own editor checks with. */
const schema: object = JSON.parse(
  gunzipSync(readFileSync(join(import.meta.dirname, '../data/specs/gitlab-ci.json.gz'))).toString(),
)
const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema)

/** `!reference [.a, b]` is a list of names to the schema. */
const reference = { tag: '!reference', collection: 'seq', resolve: (seq: unknown): unknown => seq } as const

const faultsOf = (document: unknown): string[] => {
  validate(document)
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`)
}

/** The schema lets hidden jobs say anything: the jobs are looked at once more with all that they extend. */
const expanded = (text: string): unknown => {
  const file = readGitlab(text)
  const { workflow, stages } = file
  return { workflow, stages, ...Object.fromEntries(jobNames(file).map((name) => [name, whole(file, name)])) }
}

const faults = (text: string): string[] => [
  ...faultsOf(parse(text, { version: '1.1', customTags: [reference] })),
  ...faultsOf(expanded(text)),
]

describe('good for GitLab’s schema', () => {
  it.each([
    ['the built-in jobs', {}],
    ['jobs of one’s own', manyJobs],
    ['OIDC', { auth: 'oidc', audience: 'account-1' }],
    [
      'tags, another image, nothing to install',
      { defaults: { tags: ['linux'], image: 'node:24-slim' }, install: [] },
    ],
    ['variables', { defaults: { variables: { OFF: 'no', TIMES: 3, DEBUG: true } } }],
  ] as const)('%s', (_, section) => {
    const files = renderGitlab(pipelineOf(section))
    expect(files.map(({ text }) => faultsOf(parse(text, { customTags: [reference] })))).toEqual([[], []])
    expect(faultsOf(expanded(files[0]?.text ?? ''))).toEqual([])
  })
})

/** Each a slip that the renderer could make, or a person who edits the file. */
const slips: [string, string | RegExp, string, RegExp][] = [
  ['a keyword that is none', '  script:\n', '  scripts:\n', /must NOT have additional properties/],
  ['a stage that is no text', 'stage: plan', 'stage: 7', /^\/plan\/stage must be string/],
  [
    'a when that is none',
    'when: manual',
    'when: by-hand',
    /must be equal to one of the allowed values|must match/,
  ],
  ['an action of an environment', 'action: access', 'action: look', /environment/],
  ['a url without scheme', 'url: $DATABRICKS_HOST', 'url: adb-1.azuredatabricks.net', /environment/],
  [
    'a token without audience',
    /aud: account-1/,
    'audience: x',
    /id_tokens.* must have required property 'aud'/,
  ],
  [
    'a report that is none',
    'junit: brickrail',
    'jnit: brickrail',
    /reports must NOT have additional properties/,
  ],
  ['a retry too many', 'max: 1', 'max: 9', /retry/],
  ['a retry for no known reason', 'runner_system_failure', 'bad_luck', /retry/],
  ['an auto_cancel', 'on_new_commit: interruptible', 'on_new_commit: always', /auto_cancel/],
  ['interruptible as text', 'interruptible: false', 'interruptible: "no"', /interruptible must be boolean/],
  ['a need without job', /- job: build-cluster/, '- name: build-cluster', /needs/],
  ['a cache policy', 'policy: pull\n', 'policy: never\n', /policy must match pattern/],
  ['a variable with a description', "DEPLOYMENT: ''", 'DEPLOYMENT: {value: a, description: b}', /variables/],
  ['changes that are no list', /changes:\n(\s+- \S+\n)+/, 'changes: workspace\n', /changes|rules/],
  [
    'a pipeline to be clicked',
    '- if: $CI_COMMIT_BRANCH\n',
    '- if: $CI_COMMIT_BRANCH\n      when: manual\n',
    /workflow/,
  ],
]

describe('refused by GitLab’s schema', () => {
  const good = textOf(pipelineOf({ auth: 'oidc', audience: 'account-1' }))
  it.each(slips)('%s', (_, from, to, wanted) => {
    const bad = good.replace(from, to)
    expect(bad).not.toBe(good)
    expect(faults(bad).join('\n')).toMatch(wanted)
  })
})
