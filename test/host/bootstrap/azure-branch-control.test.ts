import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { wantedOf } from '../../../src/cli/bootstrap-wanted.ts'
import { bootstrapAzure } from '../../../src/host/azure/bootstrap/bootstrap.ts'
import { azureToken, startAzure, type AzureFake } from './azure-fake.ts'
import { createRound, env, pipelineOf } from './support.ts'

const approvers = ['alice@acme.test']
const wanted = wantedOf(pipelineOf(), { host: 'azure', env, approvers })

let fake: AzureFake
let round: ReturnType<typeof createRound>
beforeEach(async () => {
  fake = await startAzure()
  round = createRound(bootstrapAzure, fake.url, 'acme/web shop/shop', { AZURE_DEVOPS_EXT_PAT: azureToken })
})
afterEach(async () => {
  await fake.close()
})

const pipeline = (file: string) =>
  fake.state.definitions.find(({ process }) => process.yamlFilename === `azure-pipelines/${file}.yml`)

const task = {
  type: { id: 'FE1DE3EE-A436-41B4-BB20-F6EB4CB879A7', name: 'Task Check' },
  definitionRef: {
    id: '86b05a0c-73e6-4f7d-b3cf-e38f3b39a75b',
    name: 'evaluatebranchProtection',
    version: '0.0.1',
  },
}
const hours = { ...task.definitionRef, id: '445fde2f-6c39-441c-807f-8a59ff2e075f' }

describe('branch control of what deploys', () => {
  const on = (allowedBranches: string, more: object = {}) => ({
    timeout: 60,
    type: task.type,
    resource: { type: 'variablegroup', id: '5' },
    settings: {
      displayName: 'mine',
      definitionRef: task.definitionRef,
      retryInterval: 7,
      inputs: { allowedBranches, ensureProtectionOfBranch: 'true' },
    },
    ...more,
  })
  const released = wantedOf(
    pipelineOf({ jobs: { rel: { stage: 'release', on: ['tag'], command: 'deploy', target: 'dev' } } }),
    { host: 'azure', env, approvers },
  )
  const what = 'branch control of variable group databricks_cli'

  const look = async (from: typeof wanted, ...checks: (ReturnType<typeof on> & object)[]) => {
    fake.state.groups.push({
      id: 5,
      name: 'databricks_cli',
      type: 'Vsts',
      variableGroupProjectReferences: [],
      variables: {},
    })
    fake.state.checks.push(...checks.map((check, index) => ({ ...check, id: 40 + index })))
    const { outcomes } = await round(from)
    const outcome = outcomes.find((each) => each.what === what)
    const again = (await round(from)).outcomes.find((each) => each.what === what)
    expect(again?.state).toBe('done')
    expect(fake.violations).toEqual([])
    return { outcome, check: fake.state.checks.find(({ id }) => id === 40) }
  }

  it.each<[name: string, from: typeof wanted, allowed: string, more: object]>([
    ['the same branches', wanted, 'refs/heads/master', {}],
    ['tags that an owner has added', released, ' refs/heads/master ,refs/tags/v*', {}],
  ])('is done with %s', async (_name, from, allowed, more) => {
    const { outcome, check } = await look(from, on(allowed, more))
    expect(outcome?.state).toBe('done')
    expect(check?.settings).toMatchObject({ inputs: { allowedBranches: allowed } })
  })

  it.each<[why: string, from: typeof wanted, allowed: string, more: object, then: string]>([
    ['it lets every branch through', wanted, '', {}, 'refs/heads/master'],
    ['it lets refs/heads/* through', wanted, 'refs/heads/*', {}, 'refs/heads/master'],
    [
      'it lets refs/heads/try, refs/tags/* through',
      wanted,
      'refs/heads/master, refs/heads/try, refs/tags/*',
      {},
      'refs/heads/master',
    ],
    [
      'it lets refs/heads/try through',
      released,
      'refs/heads/try,refs/tags/v*',
      {},
      'refs/heads/master, refs/tags/v*',
    ],
    [
      'it does not let refs/heads/master through',
      released,
      'refs/tags/v*',
      {},
      'refs/heads/master, refs/tags/v*',
    ],
    ['it is switched off', wanted, 'refs/heads/master', { isDisabled: true }, 'refs/heads/master'],
  ])('is mended when %s', async (why, from, allowed, more, then) => {
    const { outcome, check } = await look(from, on(allowed, more))
    expect(outcome).toMatchObject({ state: 'updated', why })
    expect(check).toMatchObject({
      isDisabled: false,
      timeout: 60,
      settings: {
        displayName: 'mine',
        retryInterval: 7,
        inputs: { allowedBranches: then, ensureProtectionOfBranch: 'true' },
      },
    })
  })

  it('is done when one of several is right, and added beside checks of another kind', async () => {
    const both = await look(wanted, on('refs/heads/*'), on('refs/heads/master'))
    expect(both.outcome?.state).toBe('done')
    fake.state.checks = []
    const other = { settings: { ...on('').settings, definitionRef: hours } }
    const { outcome } = await look(wanted, on('', other))
    expect(outcome?.state).toBe('created')
  })

  it('holds for service connections, but for those that only read', async () => {
    fake.state.endpoints.push({ id: 'e-1', name: 'dbx' }, { id: 'e-2', name: 'dbx_plan' })
    const section = { hosts: ['azure'], auth: 'azure-cli', azure: { service_connection: 'dbx' } } as const
    const { lines } = await round(wantedOf(pipelineOf(section), { host: 'azure', env, approvers }))
    expect(lines).toContain('created: branch control of service connection dbx')
    const guarded = fake.state.checks.filter(({ resource }) => resource.type === 'endpoint')
    expect(guarded).toMatchObject([
      {
        resource: { id: 'e-1' },
        settings: { definitionRef: task.definitionRef, inputs: { allowedBranches: 'refs/heads/master' } },
      },
    ])
    const ids = (id: string) => fake.state.permissions.get(`endpoint/${id}`)
    expect(ids('e-2')).toEqual([pipeline('pull-request')?.id, pipeline('schedule')?.id])
    expect(ids('e-1')).toEqual(
      ['build-cluster', 'build-workspace', 'promote-model'].map((name) => pipeline(name)?.id),
    )
    expect(fake.violations).toEqual([])
  })
})
