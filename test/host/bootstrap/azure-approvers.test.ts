import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { wantedOf } from '../../../src/cli/bootstrap-wanted.ts'
import { bootstrapAzure } from '../../../src/host/azure/bootstrap/bootstrap.ts'
import { azureToken, person, startAzure, team, type AzureFake } from './azure-fake.ts'
import { createRound, env, pipelineOf } from './support.ts'

let fake: AzureFake
let round: ReturnType<typeof createRound>
beforeEach(async () => {
  fake = await startAzure()
  round = createRound(bootstrapAzure, fake.url, 'acme/web shop/shop', { AZURE_DEVOPS_EXT_PAT: azureToken })
})
afterEach(async () => {
  await fake.close()
})

describe('who approves on Azure DevOps', () => {
  beforeEach(() => {
    fake.state.identities = [
      person('a1', 'Alice', 'alice@acme.test'),
      person('b1', 'boss@acme.test', 'bob@acme.test', 'bob'),
      team('r1', 'web shop', 'Readers'),
      team('r2', 'other', 'Readers'),
    ]
  })
  const approve = async (name: string) => {
    const { outcomes } = await round(wantedOf(pipelineOf(), { host: 'azure', env, approvers: [name] }))
    return {
      check: fake.state.checks.find(({ type }) => type['name'] === 'Approval'),
      said: outcomes.find(({ what }) => what === 'approval before prod'),
    }
  }

  it.each<[name: string, id: string]>([
    ['alice@acme.test', 'a1'],
    ['ALICE@acme.test', 'a1'],
    ['ACME\\bob', 'b1'],
    ['[web shop]\\Readers', 'r1'],
  ])('%s', async (name, id) => {
    const { check, said } = await approve(name)
    expect(check?.settings).toMatchObject({ approvers: [{ id }] })
    expect(said?.state).toBe('created')
  })

  it.each<[name: string, why: RegExp]>([
    // Somebody calls himself so.
    ['boss@acme.test', /knows nobody with the e-mail or account, and no group named boss@acme\.test/],
    ['Alice', /knows nobody/],
    ['Readers', /^Readers can be any of \[web shop\]\\Readers, \[other\]\\Readers: say which one$/],
  ])('not %s', async (name, why) => {
    const { check, said } = await approve(name)
    expect(check).toBeUndefined()
    expect(said).toMatchObject({ state: 'owner', why: expect.stringMatching(why) as string })
  })
})
