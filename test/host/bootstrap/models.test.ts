import { describe, expect, it } from 'vitest'
import type { Host } from '../../../src/ci/model.ts'
import { wantedOf } from '../../../src/cli/bootstrap-wanted.ts'
import { env, pipelineOf } from './support.ts'

const wanted = (host: Host, more: Record<string, string> = {}) =>
  wantedOf(pipelineOf({ hosts: [host] }, ['models']), {
    host,
    env: { ...env, ...more },
    approvers: ['alice'],
  })

const places: [Host, scope: string, token: string][] = [
  ['gitlab', 'dev-models', 'DATABRICKS_TOKEN'],
  ['azure', 'databricks_cli_models', 'databricks_token'],
  ['github', 'dev-models', 'DATABRICKS_TOKEN'],
]

describe.each(places)('jobs that move models on %s', (host, scope, name) => {
  const tokenOf = (more: Record<string, string>) =>
    wanted(host, more).secrets.find((secret) => secret.scope === scope && secret.name === name)

  it('have credentials of their own behind approval, else those of the target', () => {
    const own = { DATABRICKS_TOKEN_DEV_MODELS: 'dapi-of-the-release' }
    expect(tokenOf(own)).toMatchObject({ value: 'dapi-of-the-release', protected: true })
    expect(tokenOf({})).toMatchObject({ value: env.DATABRICKS_TOKEN, protected: true })
    const others = wanted(host, own).secrets.filter(({ scope: at }) => at !== scope)
    expect(others.filter(({ value }) => value === 'dapi-of-the-release')).toEqual([])
  })

  it('work in an environment that somebody approves, from the default branch alone', () => {
    expect(wanted(host).environments.find(({ name: one }) => one === 'dev-models')).toEqual({
      name: 'dev-models',
      approval: true,
      approvers: ['alice'],
      branches: ['master'],
      tags: false,
    })
  })
})

it('Azure lets the manual pipeline alone use what moves models', () => {
  const using = wanted('azure').pipelines.filter(({ groups, environments }) =>
    [...groups, ...environments].some((one) => ['databricks_cli_models', 'dev-models'].includes(one)),
  )
  expect(using.map(({ path }) => path)).toEqual(['azure-pipelines/promote-model.yml'])
})

it('GitLab is told when models are trained again', () => {
  expect(wanted('gitlab').schedules).toContainEqual({ name: 'retrain-models', cron: '47 4 * * *' })
})
