import { describe, expect, it } from 'vitest'
import { problemsIn } from './azure/language-service.ts'
import { filesOf, sections } from './azure/sample.ts'

const files = Object.entries(sections).flatMap(([name, section]) =>
  filesOf(section).map(({ path, text }) => [name, path, text] as const),
)

describe('Azure’s language service, with the schema of the service', () => {
  it.each(files)('takes %s: %s', async (_, __, text) => {
    expect(await problemsIn(text)).toEqual([])
  })

  const textOf = (path: string): string =>
    files.find(([name, one]) => name === 'plain' && one === path)?.[2] ?? ''
  const pushed = 'azure-pipelines/build-cluster.yml'
  const bad: [what: string, path: string, from: string, to: string, message: RegExp][] = [
    ['a key that does not exist', pushed, 'lockBehavior:', 'lockBehaviour:', /lockBehaviour/],
    [
      'a value that does not exist',
      pushed,
      'lockBehavior: sequential',
      'lockBehavior: parallel',
      /lockBehavior|enum|sequential/i,
    ],
    ['no trigger of that kind', pushed, 'paths:', 'path:', /path/],
    [
      'a job and a deployment in one',
      pushed,
      '- deployment: build_cluster',
      '- job: build_cluster',
      /environment|strategy/,
    ],
    ['a misspelt strategy', pushed, 'runOnce:', 'runonce:', /runonce/i],
    ['a misspelt step', pushed, '- bash: exec', '- bosh: exec', /bosh/],
    ['a step with an unknown property', pushed, '  name: run', '  nam: run', /nam/],
    [
      'a task that does not exist',
      'azure-pipelines/templates/prepare.yml',
      'NodeTool@0',
      'NodeTools@0',
      /NodeTools|pattern/i,
    ],
    [
      'an input that a task does not have',
      'azure-pipelines/templates/prepare.yml',
      'versionSpec: 24.x',
      'versionSpek: 24.x',
      /versionSpek/,
    ],
    [
      'an input’s value',
      'azure-pipelines/templates/publish.yml',
      'testResultsFormat: JUnit',
      'testResultsFormat: JUnit5',
      /JUnit/,
    ],
    ['a schedule without always', 'azure-pipelines/schedule.yml', 'always: true', 'allways: true', /allways/],
    [
      'a parameter of no type',
      'azure-pipelines/promote-model.yml',
      'type: string',
      'type: text',
      /^\d+: String does not match the pattern/,
    ],
    ['YAML that is none', pushed, 'stages:', 'stages: [', /./],
  ]

  it.each(bad)('refuses %s', async (_, path, from, to, message) => {
    const good = textOf(path)
    expect(good).toContain(from)
    const found = await problemsIn(good.replace(from, to))
    expect(found.join('\n')).toMatch(message)
  })
})
