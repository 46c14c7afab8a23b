import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hostTools } from '../../../src/cli/host-tools.ts'
import { wantedOf } from '../../../src/cli/bootstrap-wanted.ts'
import { bootstrapAzure, readOrganization } from '../../../src/host/azure/bootstrap/bootstrap.ts'
import { azureToken, instanceId, repositoryId, startAzure, type AzureFake } from './azure-fake.ts'
import { createRound, createRun, env, leaked, pipelineOf } from './support.ts'

const token = { AZURE_DEVOPS_EXT_PAT: azureToken }
const repository = 'acme/web shop/shop'
const approvers = ['alice@acme.test', 'Operators']
const wanted = wantedOf(pipelineOf(), { host: 'azure', env, approvers })

let fake: AzureFake
let round: ReturnType<typeof createRound>
beforeEach(async () => {
  fake = await startAzure()
  round = createRound(bootstrapAzure, fake.url, repository, token)
})
afterEach(async () => {
  await fake.close()
})

const group = (name: string) => fake.state.groups.find((each) => each.name === name)
const pipeline = (file: string) =>
  fake.state.definitions.find(({ process }) => process.yamlFilename === `azure-pipelines/${file}.yml`)

describe('bootstrap on Azure DevOps', () => {
  it('sets up an empty project', async () => {
    const { lines, text } = await round(wanted)
    expect(lines).toEqual([
      'created: pipeline tesseract build-cluster',
      'created: pipeline tesseract build-workspace',
      'created: pipeline tesseract pull-request',
      'created: pipeline tesseract promote-model',
      'created: pipeline tesseract schedule',
      'created: variable group databricks_cli_plan',
      'created: variable group databricks_cli',
      'created: variable group databricks_cli_prod',
      'created: environment dev',
      'created: branch control of environment dev',
      'created: exclusive lock of dev',
      'created: environment prod',
      'created: approval before prod',
      'created: branch control of environment prod',
      'created: exclusive lock of prod',
      'created: branch control of variable group databricks_cli',
      'created: branch control of variable group databricks_cli_prod',
      'updated: pipelines may use variable group databricks_cli_plan',
      'updated: pipelines may use variable group databricks_cli',
      'updated: pipelines may use variable group databricks_cli_prod',
      'updated: pipelines may use environment dev',
      'updated: pipelines may use environment prod',
      'created: build validation on master: tesseract pull-request',
    ])
    expect(group('databricks_cli')?.variables).toEqual({
      databricks_host: { value: env.DATABRICKS_HOST },
      databricks_token: { value: env.DATABRICKS_TOKEN, isSecret: true },
    })
    expect(group('databricks_cli_plan')?.variables).toEqual({
      databricks_host: { value: env.DATABRICKS_HOST },
      databricks_token: { value: env.BRICKRAIL_PLAN_TOKEN, isSecret: true },
    })
    expect(fake.state.definitions[0]).toMatchObject({
      name: 'tesseract build-cluster',
      process: { type: 2, yamlFilename: 'azure-pipelines/build-cluster.yml' },
      repository: { id: repositoryId, type: 'TfsGit', defaultBranch: 'refs/heads/master' },
      queue: { id: 4 },
    })
    const prod = fake.state.environments.find(({ name }) => name === 'prod')
    expect(fake.state.checks.filter(({ resource }) => resource.id === String(prod?.id))).toMatchObject([
      { type: { name: 'Approval' }, settings: { minRequiredApprovers: 1, requesterCannotBeApprover: true } },
      { type: { name: 'Task Check' }, settings: { inputs: { allowedBranches: 'refs/heads/master' } } },
      { type: { name: 'ExclusiveLock' } },
    ])
    // Production is used by what a person starts, and by nothing else.
    expect(fake.state.permissions.get(`environment/${prod?.id}`)).toEqual([pipeline('promote-model')?.id])
    expect(fake.state.permissions.get(`variablegroup/${group('databricks_cli_prod')?.id}`)).toEqual([
      pipeline('promote-model')?.id,
    ])
    // The code of a pull request is given what only reads.
    const requests = [...fake.state.permissions].filter(([, ids]) =>
      ids.includes(pipeline('pull-request')?.id ?? 0),
    )
    expect(requests.map(([resource]) => resource)).toEqual([
      `variablegroup/${group('databricks_cli_plan')?.id}`,
    ])
    expect(fake.state.policies).toMatchObject([
      {
        isBlocking: true,
        settings: {
          buildDefinitionId: pipeline('pull-request')?.id,
          scope: [{ repositoryId, refName: 'refs/heads/master', matchKind: 'exact' }],
        },
      },
    ])
    expect(fake.violations).toEqual([])
    expect(leaked(text)).toEqual([])
    expect(text).not.toContain(azureToken)
  })

  it('writes nothing the second time, and secrets only when told to', async () => {
    await round(wanted)
    const first = fake.writes().length
    expect((await round(wanted)).lines.filter((line) => !line.startsWith('done:'))).toEqual([])
    expect(fake.writes().slice(first)).toEqual([])
    await round(wanted, { rotate: true })
    expect(fake.writes().slice(first)).toEqual([
      `PUT /acme/_apis/distributedtask/variablegroups/${group('databricks_cli_plan')?.id}`,
      `PUT /acme/_apis/distributedtask/variablegroups/${group('databricks_cli')?.id}`,
      `PUT /acme/_apis/distributedtask/variablegroups/${group('databricks_cli_prod')?.id}`,
    ])
  })

  it('writes nothing with --dry-run, and says the same', async () => {
    const dry = await round(wanted, { dryRun: true })
    expect(fake.writes()).toEqual([])
    const said = dry.lines.map((line) =>
      line.replace('would create', 'created').replace('would update', 'updated'),
    )
    expect(said).toEqual((await round(wanted)).lines)
  })

  it('adds to a variable group, and keeps what others have in it', async () => {
    fake.state.groups.push({
      id: 5,
      name: 'databricks_cli',
      type: 'Vsts',
      variables: {
        Databricks_Host: { value: 'https://old.test' },
        databricks_token: { value: 'kept-secret', isSecret: true },
        mine: { value: 'my-secret', isSecret: true },
        plain: { value: 'seen' },
      },
      variableGroupProjectReferences: [
        { name: 'databricks_cli', projectReference: { id: 'p', name: 'other' } },
      ],
    })
    const { lines } = await round(wanted)
    expect(lines).toContain('updated: variable group databricks_cli')
    expect(group('databricks_cli')).toMatchObject({
      variables: {
        Databricks_Host: { value: env.DATABRICKS_HOST },
        databricks_token: { value: 'kept-secret', isSecret: true },
        mine: { value: 'my-secret', isSecret: true },
        plain: { value: 'seen' },
      },
      variableGroupProjectReferences: [{ projectReference: { name: 'other' } }],
    })
    expect(fake.violations).toEqual([])
  })

  it('mends what is partly there', async () => {
    await round(wanted)
    const definition = pipeline('build-cluster')
    if (definition)
      Object.assign(definition, {
        name: 'renamed',
        process: { yamlFilename: '/azure-pipelines/build-cluster.yml' },
      })
    for (const policy of fake.state.policies) Object.assign(policy, { isEnabled: false })
    fake.state.permissions.clear()
    fake.state.permissions.set(`variablegroup/${group('databricks_cli')?.id}`, [999])
    const approval = fake.state.checks.find(({ type }) => type['name'] === 'Approval')
    if (approval) approval.settings['approvers'] = [{ id: 'cccccccc-0000-4000-8000-00000000000c' }]
    const { lines } = await round(wanted)
    expect(lines.filter((line) => !line.startsWith('done:'))).toEqual([
      'updated: approval before prod',
      'updated: pipelines may use variable group databricks_cli_plan',
      'updated: pipelines may use variable group databricks_cli',
      'updated: pipelines may use variable group databricks_cli_prod',
      'updated: pipelines may use environment dev',
      'updated: pipelines may use environment prod',
      'updated: build validation on master: tesseract pull-request',
    ])
    expect(approval?.settings['approvers']).toHaveLength(3)
    expect(fake.state.permissions.get(`variablegroup/${group('databricks_cli')?.id}`)).toContain(999)
    expect(fake.state.policies).toMatchObject([{ isEnabled: true, isBlocking: true }])
    expect(fake.violations).toEqual([])
  })

  it('leaves to their owners what it cannot do', async () => {
    fake.state.definitions.push({ id: 1, name: 'tesseract schedule', process: { yamlFilename: 'x.yml' } })
    fake.state.repository['defaultBranch'] = 'refs/heads/main'
    const poor = wantedOf(
      pipelineOf({ hosts: ['azure'], auth: 'azure-cli', azure: { service_connection: 'databricks' } }),
      {
        host: 'azure',
        env: {},
        approvers: ['nobody'],
      },
    )
    const { outcomes } = await round(poor)
    const owner = outcomes.filter(({ state }) => state === 'owner').map(({ what }) => what)
    expect(owner).toEqual([
      'default branch',
      'pipeline tesseract schedule',
      'variable databricks_host of group databricks_cli_plan',
      'variable databricks_host of group databricks_cli',
      'variable databricks_host of group databricks_cli_prod',
      'approval before prod',
      'service connection databricks_plan',
      'service connection databricks',
      // Without its approval, production is open to nobody.
      'pipelines may use environment prod',
    ])
    expect(outcomes.some(({ state }) => state === 'failed')).toBe(false)
    // What is not there can be permitted to nobody.
    expect(outcomes.some(({ what }) => what.includes('may use variable group'))).toBe(false)
  })

  it('does the rest when pieces are forbidden, and names the scope', async () => {
    // A token without a scope is refused with 401, as an invalid one.
    const answer = {
      status: 401,
      body: { message: 'TF400813: The user is not authorized to access this resource.' },
    }
    fake.trouble({ method: 'GET', path: /variablegroups/, times: 3, answer })
    fake.trouble({
      method: 'POST',
      path: /environments$/,
      answer: { status: 403, body: { message: 'Access denied' } },
    })
    const { outcomes } = await round(wanted)
    const refused = outcomes.filter(({ state }) => state === 'refused')
    expect(refused.map(({ what }) => what)).toEqual([
      'variable group databricks_cli_plan',
      'variable group databricks_cli',
      'variable group databricks_cli_prod',
      'environment dev',
    ])
    expect(refused[0]?.why).toMatch(/the scope «Variable Groups \(Read, create, & manage\)»/)
    expect(outcomes.find(({ what }) => what === 'exclusive lock of dev')).toMatchObject({
      state: 'failed',
      why: expect.stringMatching(/there is no environment dev/) as string,
    })
    expect(outcomes.find(({ what }) => what === 'environment prod')?.state).toBe('created')
  })

  it('opens nothing that deploys to any pipeline when its checks failed', async () => {
    fake.trouble({
      method: 'POST',
      path: /checks\/configurations$/,
      times: 99,
      answer: { status: 400, body: { message: 'no' } },
    })
    const { lines } = await round(wanted)
    expect(lines).toContain('failed: approval before prod')
    for (const name of ['environment dev', 'environment prod', 'variable group databricks_cli'])
      expect(lines).toContain(`failed: pipelines may use ${name}`)
    expect([...fake.state.permissions.keys()]).toEqual([`variablegroup/${group('databricks_cli_plan')?.id}`])
  })

  it('asks an owner where it may not look at the checks, and opens nothing', async () => {
    fake.state.groups.push(
      ...['databricks_cli', 'databricks_cli_prod'].map((name, index) => ({
        id: 5 + index,
        name,
        type: 'Vsts',
        variableGroupProjectReferences: [],
        variables: { databricks_host: { value: 'x' }, databricks_token: { value: 'y', isSecret: true } },
      })),
    )
    const answer = { status: 403, body: { message: 'no' } }
    fake.trouble({ method: 'GET', path: /checks\/configurations$/, times: 99, answer })
    const { outcomes } = await round(wanted)
    expect(
      outcomes.find(({ what }) => what === 'branch control of variable group databricks_cli'),
    ).toMatchObject({
      state: 'refused',
      why: expect.stringMatching(/Branch control, refs\/heads\/master; .*Pipeline Resources/) as string,
    })
    expect(
      outcomes.find(({ what }) => what === 'pipelines may use variable group databricks_cli'),
    ).toMatchObject({
      state: 'owner',
      why: 'not before there is branch control of variable group databricks_cli: see above',
    })
  })

  it('knows the organization by its number, and pipelines by the names that they have', async () => {
    const options = { repository, url: fake.url, rotate: false }
    const read = async () => await readOrganization(wanted, options, hostTools(createRun(token).run))
    await round(wanted)
    expect(await read()).toEqual({ organizationId: instanceId, pipelineNames: {} })
    Object.assign(pipeline('schedule') ?? {}, { name: 'nightly' })
    const pipelineNames = { 'tesseract schedule': 'nightly' }
    expect(await read()).toEqual({ organizationId: instanceId, pipelineNames })
    const answer = { status: 403, body: { message: 'no' } }
    fake.trouble({ method: 'GET', path: /build\/definitions/, answer })
    expect(await read()).toEqual({ organizationId: instanceId, pipelineNames: {} })
  })
})
