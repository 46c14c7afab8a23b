import { describe, expect, it } from 'vitest'
import { keepTestReport } from '../../src/ledger/test-reports.ts'
import { place, projectOf } from '../safety/model-stage.ts'
import { ada, bob, eve, trainer, withPeople } from './approve-stage.ts'

const toStaging = ['--to', 'staging']

const reportOf = (commit: string, more = ''): string =>
  `<testsuites><testsuite name="unit" tests="1"><properties><property name="commit" value="${commit}"/></properties><testcase classname="a" name="b" time="0.1"/>${more}</testsuite></testsuites>`

describe('approvals by transition requests', () => {
  const open = async (more?: string) => await withPeople('workspace', 'transition_request', more)

  it('let a version through, bound to its evidence, and once is enough', async () => {
    const { as, stage, harness } = await open()
    const version = await stage.version(0.9)
    const waiting = await as('admin', 'promote', toStaging)
    expect(waiting.exit).toBe(9)
    expect(waiting.stderr).toContain(`brickrail approve --model prices --to staging --version ${version}`)
    const args = [...toStaging, '--version', version, '--comment', 'looks good']
    const approved = await as(ada, 'approve', args)
    expect([approved.exit, approved.stdout]).toEqual([
      0,
      expect.stringContaining('ada@example.com has approved: a transition request to staging is filed'),
    ])
    await harness.forget()
    const again = await as(ada, 'approve', [...args, '-o', 'json'])
    expect(JSON.parse(again.stdout)).toMatchObject({ result: { outcome: 'unchanged', user: ada } })
    expect((await harness.requests()).filter(({ method }) => method !== 'GET')).toEqual([])
    const promoted = await as('admin', 'promote', [...toStaging, '--version', version])
    expect([promoted.exit, promoted.stderr]).toEqual([0, expect.anything()])
    expect((await stage.registry.places(stage.name)).holders.staging).toEqual([version])
  })

  it('are void when the version is evaluated anew', async () => {
    const { as, stage } = await open()
    const version = await stage.version(0.9)
    const args = [...toStaging, '--version', version]
    expect((await as(ada, 'approve', args)).exit).toBe(0)
    await stage.evaluate(version, 0.91)
    expect((await as('admin', 'promote', args)).exit).toBe(9)
    const again = await as(ada, 'approve', args)
    expect([again.exit, again.stderr]).toEqual([0, expect.anything()])
    expect((await as('admin', 'promote', args)).exit).toBe(0)
    expect(await stage.registry.requests?.list(stage.name, version)).toEqual([])
  })

  it.each([
    ['who trained it', trainer, /trainer@example.com trained this model/],
    ['who is in no such group', eve, /eve@example.com is not among group:ml-leads/],
  ])('are refused of somebody %s, and nothing is filed', async (_, user, why) => {
    const { as, stage } = await open()
    const version = await stage.version(0.9)
    const refused = await as(user, 'approve', [...toStaging, '--version', version])
    expect([refused.exit, refused.stderr]).toEqual([5, expect.stringMatching(why)])
    expect(await stage.registry.requests?.list(stage.name, version)).toEqual([])
  })

  it.each([
    ['of a version that was never evaluated', undefined, /it was never evaluated/],
    ['of a version that fails', 0.5, /metrics.r2.min/],
  ])('are refused %s', async (_, r2, why) => {
    const { as, stage } = await open()
    const version = await stage.version(r2)
    const refused = await as(ada, 'approve', [...toStaging, '--version', version])
    expect([refused.exit, refused.stderr]).toEqual([8, expect.stringMatching(why)])
  })

  it('do not come of requests that mention the evidence for another reason, nor of who promotes', async () => {
    const { as, stage } = await open()
    const version = await stage.version(0.9)
    const args = [...toStaging, '--version', version]
    const digest = (await stage.registry.version(stage.name, version))?.tags['brickrail_evidence'] ?? ''
    await stage.registry.requests?.create(stage.name, version, 'staging', `evidence ${digest}`)
    expect((await as('admin', 'promote', args)).exit).toBe(9)
    expect((await as(ada, 'approve', args)).exit).toBe(0)
    const own = await as(ada, 'promote', args)
    expect([own.exit, own.stderr]).toEqual([9, expect.stringMatching(/the same user promotes/)])
  })

  it('count for no group where the workspace does not tell the groups of others', async () => {
    const { as, stage } = await open()
    const version = await stage.version(0.9)
    const args = [...toStaging, '--version', version]
    await as(ada, 'approve', args)
    const told = await as(bob, 'promote', args)
    expect([told.exit, told.stderr]).toEqual([
      9,
      expect.stringMatching(/only admins of the workspace are told/),
    ])
  })

  it('need as many people as the policy says', async () => {
    const { as, stage } = await open('required: 2, from: [], distinct_from: [training_run_user]')
    const version = await stage.version(0.9)
    const args = [...toStaging, '--version', version]
    const none = await as('admin', 'promote', args)
    expect([none.exit, none.stderr]).toEqual([
      9,
      expect.stringMatching(/waits for 2 approval.*\n.*2 more approvals/),
    ])
    await as(ada, 'approve', args)
    const one = await as('admin', 'promote', args)
    expect([one.exit, one.stderr]).toEqual([
      9,
      expect.stringMatching(/waits for 1 approval.*\n.*1 more approval:/),
    ])
    await as(bob, 'approve', args)
    expect((await as('admin', 'promote', args)).exit).toBe(0)
  })

  it('have a policy that asks for them, and a way that it takes', async () => {
    const { as, stage } = await open()
    await stage.version(0.9)
    const unasked = await as(ada, 'approve', ['--to', 'production'])
    expect([unasked.exit, unasked.stderr]).toEqual([
      2,
      expect.stringMatching(/nobody has to approve production/),
    ])
    const signed = await as(ada, 'approve', [...toStaging, '--sign', 'key'])
    expect([signed.exit, signed.stderr]).toEqual([2, expect.stringMatching(/takes no signed files/)])
  })
})

describe('approvals by a tag of Unity Catalog', () => {
  it('count where nobody asks who it was', async () => {
    const { as, stage } = await withPeople(
      'unity-catalog',
      'unity_catalog_tag',
      'required: 1, from: [], distinct_from: []',
    )
    const version = await stage.version(0.9)
    const args = [...toStaging, '--version', version]
    expect((await as('admin', 'promote', args)).exit).toBe(9)
    const approved = await as('admin', 'approve', args)
    expect([approved.exit, approved.stdout]).toEqual([0, expect.stringContaining('the tag Approval is set')])
    expect((await as('admin', 'promote', args)).exit).toBe(0)
  })

  it.each(['Rejected', 'not Approved', ''])(
    'a tag that says «%s» with the same digits is none',
    async (word) => {
      const { as, stage } = await withPeople(
        'unity-catalog',
        'unity_catalog_tag',
        'required: 1, from: [], distinct_from: []',
      )
      const version = await stage.version(0.9)
      const digest = await stage.evaluate(version, 0.9)
      await stage.registry.setVersionTag(stage.name, version, 'Approval', `${word} ${digest.slice(0, 12)}`)
      const ran = await as('admin', 'promote', [...toStaging, '--version', version])
      expect([ran.exit, ran.stderr]).toEqual([
        9,
        expect.stringContaining(`it would have to be «Approved evidence ${digest.slice(0, 12)}»`),
      ])
    },
  )
})

it('who may only read the version approves it with the tests that were recorded since, and writes nothing but the request', async () => {
  const { as, stage, harness } = await withPeople('workspace', 'transition_request')
  const file = 'pipelines/models/prices.yml'
  const policy = projectOf('workspace', [
    'approvals: { staging: { required: 1, distinct_from: [], sources: [transition_request] } }',
  ])[file]
  harness.write(
    'pipelines/brickrail.yml',
    `name: tiny\ntargets: { dev: { host: "\${env.DATABRICKS_HOST}" } }\ntests: { unit: { command: make test, junit: unit.xml } }\nmodels: { prices: models/prices.yml }\n`,
  )
  const checks = 'checks: { tests: { junit: [unit] }, metrics: [{ name: r2, min: 0.8 }] }'
  harness.write(file, (policy ?? '').replace(/^checks:.*$/m, checks))
  const version = await stage.version(0.9)
  const args = [...toStaging, '--version', version]
  const early = await as(ada, 'approve', args)
  expect([early.exit, early.stderr]).toEqual([8, expect.stringMatching(/suite unit is not recorded/)])
  const commit = '0'.repeat(40)
  const record = async (more: string): Promise<void> =>
    await keepTestReport(stage.client, { place, commit, suite: 'unit' }, reportOf(commit, more))
  await record('<testcase classname="a" name="c"/>')
  await harness.forget()
  const approved = await as(ada, 'approve', args)
  expect([approved.exit, approved.stderr]).toEqual([0, expect.anything()])
  const wrote = (await harness.requests()).filter(({ method }) => method !== 'GET')
  expect(wrote.map(({ path }) => path)).toEqual(['/api/2.0/mlflow/transition-requests/create'])
  // Fewer tests than were approved: still green, and other evidence.
  await record('')
  expect((await as('admin', 'promote', args)).exit).toBe(9)
  expect((await as(ada, 'approve', args)).exit).toBe(0)
  expect((await as('admin', 'promote', args)).exit).toBe(0)
})
