import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { wantedOf } from '../../../src/cli/bootstrap-wanted.ts'
import { bootstrapAzure } from '../../../src/host/azure/bootstrap/bootstrap.ts'
import type { Trouble } from '../fakes/server.ts'
import { azureToken, startAzure, type AzureFake } from './azure-fake.ts'
import { createRound, env, pipelineOf } from './support.ts'

const wanted = wantedOf(pipelineOf(), { host: 'azure', env, approvers: [] })

let fake: AzureFake
let round: ReturnType<typeof createRound>
beforeEach(async () => {
  fake = await startAzure()
  round = createRound(bootstrapAzure, fake.url, 'acme/web shop/shop', { AZURE_DEVOPS_EXT_PAT: azureToken })
})
afterEach(async () => {
  await fake.close()
})

describe('an Azure DevOps that says no', () => {
  it.each<[name: string, trouble: Partial<Trouble>, expected: object]>([
    [
      'expired',
      {
        answer: {
          status: 401,
          body: { message: 'Access Denied: The Personal Access Token used has expired.' },
        },
      },
      { code: 'CI_DENIED', hint: expect.stringMatching(/AZURE_DEVOPS_EXT_PAT has expired/) as string },
    ],
    [
      'sign-in page',
      { answer: { status: 203, body: '<html><title>Azure DevOps Services | Sign In</title></html>' } },
      { code: 'CI_DENIED' },
    ],
    [
      'redirect',
      {
        answer: {
          status: 302,
          headers: { location: 'https://spsprodcus1.vssps.visualstudio.test/_signin?realm=x' },
        },
      },
      { code: 'CI_DENIED' },
    ],
    [
      'not found',
      { path: /git/, answer: { status: 404, body: { message: 'TF401019' } } },
      { code: 'USAGE', message: expect.stringMatching(/no repository acme\/web shop\/shop/) as string },
    ],
  ])('%s', async (_name, trouble, expected) => {
    fake.trouble({ times: 9, answer: 'hang up', ...trouble })
    await expect(round(wanted)).rejects.toMatchObject(expected)
    expect(fake.writes()).toEqual([])
  })

  it('disabled', async () => {
    fake.state.repository['isDisabled'] = true
    await expect(round(wanted)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/is disabled/) as string,
    })
  })

  it('whose requests are wrong is noticed', async () => {
    const headers = {
      authorization: `Basic ${Buffer.from(`:${azureToken}`).toString('base64')}`,
      'content-type': 'application/json',
    }
    await fetch(`${fake.url}/acme/_apis/distributedtask/variablegroups`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ name: 'x', variables: { a: { value: 1 } }, kind: 'Vsts' }),
    })
    expect(fake.violations.splice(0).join('\n')).toMatch(/variables\/a\/value[\s\S]*kind/)
  })
})
