import { parse } from 'yaml'
import { describe, expect, it } from 'vitest'
import type { Pipeline } from '../../../src/ci/model.ts'
import { render } from '../../../src/ci/render.ts'
import type { Section } from '../../../src/ci/section.ts'
import { wantedOf } from '../../../src/cli/bootstrap-wanted.ts'
import { env, notify, pipelineOf, sorted } from './support.ts'

interface Yaml {
  jobs?: Record<string, { environment?: string; steps?: { env?: Record<string, string> }[] }>
}

/** `scope kind NAME`, as the files read them. */
const readByGithub = (pipeline: Pipeline): Set<string> =>
  new Set(
    render(pipeline).flatMap(({ text }) =>
      Object.values((parse(text) as Yaml).jobs ?? {}).flatMap(({ environment = '*', steps = [] }) =>
        [...JSON.stringify(steps).matchAll(/\b(secrets|vars)\.(\w+)/g)].map(
          ([, kind, name]) => `${environment} ${kind} ${name}`,
        ),
      ),
    ),
  )

describe('bootstrap and the generated files', () => {
  it.each<[auth: 'token' | 'oidc']>([['token'], ['oidc']])('GitHub: what the files read, with %s', (auth) => {
    const pipeline = pipelineOf({ ...notify, auth, hosts: ['github'] })
    const wanted = wantedOf(pipeline, { host: 'github', env, approvers: [] })
    const kept = wanted.secrets.map(
      ({ name, scope, plain }) => `${scope ?? '*'} ${plain ? 'vars' : 'secrets'} ${name}`,
    )
    const read = readByGithub(pipeline)
    expect(read.size).toBeGreaterThan(6)
    // A job with an environment finds the repository's secrets as well.
    const own = (line: string) => /\b(WEBHOOK|KEY)$/.test(line)
    expect([...read].filter((line) => !own(line)).sort()).toEqual(kept.filter((line) => !own(line)).sort())
    expect(kept.filter(own).sort()).toEqual(['* secrets KEY', '* secrets WEBHOOK'])
  })

  const pushed = { stage: 'test', on: ['push'], script: ['./sign'] } as const
  it.each<[name: string, section: Section]>([
    ['as it comes', {}],
    ['secrets of its own', notify],
    [
      'a secret of a target without host',
      {
        secrets: { KEY: 'signs' },
        jobs: { sign: { ...pushed, secrets: ['KEY'], target: 'local' } },
      },
    ],
  ])('Azure: groups, their variables and environments, %s', (_name, section) => {
    const pipeline = pipelineOf({ ...section, hosts: ['azure'] })
    const { secrets, pipelines } = wantedOf(pipeline, { host: 'azure', env, approvers: [] })
    const files = render(pipeline)
    const all = files.map(({ text }) => text).join('\n')
    const groups = [...all.matchAll(/group: (\S+)/g)].map(([, name]) => name)
    expect(sorted(groups)).toEqual(sorted(secrets.map(({ scope }) => scope)))
    const names = [...all.matchAll(/\$\((databricks_\w+|KEY|WEBHOOK)\)/g)].map(([, name]) => name)
    expect(sorted(names)).toEqual(sorted(secrets.map(({ name }) => name)))
    const written = files.map(({ path }) => path).filter((path) => /^azure-pipelines\/[^/]+\.yml$/.test(path))
    expect(pipelines.map(({ path }) => path)).toEqual(written)
    const environments = [...all.matchAll(/environment: (\S+)/g)].map(([, name]) => name)
    expect(sorted(environments)).toEqual(sorted(pipelines.flatMap((each) => each.environments)))
    expect(pipelines.filter(({ validates }) => validates).map(({ name }) => name)).toEqual([
      'tesseract pull-request',
    ])
  })

  it('GitLab: environments and guards', () => {
    const pipeline = pipelineOf({ hosts: ['gitlab'] })
    const { secrets, locks, environments } = wantedOf(pipeline, { host: 'gitlab', env, approvers: [] })
    const text = render(pipeline).find(({ owner }) => owner === 'brickrail')?.text ?? ''
    const document = JSON.stringify(parse(text, { customTags: [{ tag: '!reference', collection: 'seq' }] }))
    const scopes = [...document.matchAll(/"environment":\{"name":"([^"]+)"/g)].map(([, name]) => name)
    expect(sorted(scopes)).toEqual(sorted(secrets.flatMap(({ scope }) => scope ?? [])))
    const groups = [...document.matchAll(/"resource_group":"([^"]+)"/g)].map(([, name]) => name)
    expect(sorted(groups)).toEqual(sorted(locks))
    expect(environments.map(({ name }) => name).every((name) => scopes.includes(name))).toBe(true)
  })
})
