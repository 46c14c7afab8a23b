import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Host } from '../../src/ci/model.ts'
import { render } from '../../src/ci/render.ts'
import { build, everything, targets } from './spec.ts'

/** Texts of the files of one host. */
const filesOf = (host: Host): string[] => {
  const { pipeline } = build({ hosts: [host] }, everything)
  return render({ ...pipeline, version: '0.0.0', digest: '0'.repeat(64) }).map(({ text }) => text)
}

type Tree = Record<string, unknown>
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null

/** Every map in the files that satisfies something. */
const found = (node: unknown, wanted: (map: Tree) => boolean): Tree[] => {
  if (Array.isArray(node)) return node.flatMap((one) => found(one, wanted))
  if (!isTree(node)) return []
  return [...(wanted(node) ? [node] : []), ...Object.values(node).flatMap((one) => found(one, wanted))]
}
const mapsOf = (host: Host, wanted: (map: Tree) => boolean): Tree[] =>
  filesOf(host).flatMap((text) => found(parse(text, { logLevel: 'silent' }), wanted))

const movers = ['promote-production', 'rollback-model']

describe('jobs that move models', () => {
  test.each(movers)('%s on GitHub: asks who has approved it, inputs arrive in the environment', (name) => {
    const [job] = mapsOf('github', (map) => name in map).map((map) => map[name])
    expect(job).toMatchObject({
      environment: 'dev-models',
      permissions: { contents: 'read', actions: 'read' },
      concurrency: { group: 'demo/dev', 'cancel-in-progress': false },
    })
    const [step] = found(job, ({ env }) => isTree(env) && 'MODEL' in env)
    expect(step?.['env']).toMatchObject({
      MODEL: '${{ inputs.MODEL }}',
      MODEL_VERSION: '${{ inputs.MODEL_VERSION }}',
      GITHUB_TOKEN: '${{ github.token }}',
    })
    expect(step?.['run']).toMatch(/--model "\$MODEL" --version "\$MODEL_VERSION" --lock-timeout 1800$/)
  })

  test.each(movers)('%s on Azure: a deployment with its own group and the token of the job', (name) => {
    const id = name.replaceAll('-', '_')
    const [job] = mapsOf('azure', ({ deployment }) => deployment === id)
    expect(job).toMatchObject({ environment: 'dev-models' })
    expect(job?.['variables']).toContainEqual({ group: 'databricks_cli_models' })
    const [step] = found(job, ({ env }) => isTree(env) && 'MODEL' in env)
    expect(step?.['env']).toMatchObject({
      MODEL: '${{ trim(parameters.MODEL) }}',
      MODEL_VERSION: '${{ trim(parameters.MODEL_VERSION) }}',
      SYSTEM_ACCESSTOKEN: '$(System.AccessToken)',
    })
    expect(JSON.stringify(step?.['bash'] ?? step?.['script'] ?? '')).not.toContain('${{')
  })

  test.each(movers)('%s on GitLab: by hand, in its environment, asked before it starts', (name) => {
    const [job] = mapsOf('gitlab', (map) => name in map).map((map) => map[name])
    expect(job).toMatchObject({ variables: { MODEL: '', MODEL_VERSION: '' } })
    expect(JSON.stringify(job)).toContain('MODEL (Key of the model under models')
    expect(filesOf('gitlab').join('\n')).toContain('name: dev-models')
  })
})

test.each([
  ['dev-models', ['models'], ['target-named-like-environment']],
  ['Dev-Models', ['models'], ['target-named-like-environment']],
  ['dev-models', [], []],
  ['prod-models', ['models'], []],
] as const)('a target %s in a project that declares %j: %j', (name, declares, rules) => {
  const more = { name, remote: true, protected: false, default: false }
  const { problems } = build({}, { declares, targets: [...targets, more] })
  expect(problems.map(({ rule }) => rule)).toEqual(rules)
})

test.each(['gitlab', 'azure', 'github'] as const)(
  '%s has the verdict of models in merge requests',
  (host) => {
    const text = filesOf(host).join('\n')
    expect(text).toContain('evaluate --target dev --stored --comment')
    expect(text).toContain('test --target dev --record')
  },
)
