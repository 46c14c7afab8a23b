import type { BootstrapStep, Wanted } from '../../bootstrap.ts'
import { done, forOwner, inTurn, orOwner } from '../../bootstrap-steps.ts'
import type { Azure } from './client.ts'
import type { Known } from './known.ts'

interface Endpoint {
  id: string
  name: string
  type?: string
}

const step = async (azure: Azure, known: Known, name: string): Promise<BootstrapStep[]> => {
  const what = `service connection ${name}`
  const why = `make it in ${azure.url}${azure.project}/_settings/adminservices: Azure Resource Manager, workload identity federation; add its service principal to the Databricks workspace, and run this again`
  return await orOwner(what, why, async () => {
    const query = { endpointNames: name, 'api-version': '7.1' }
    const path = `${azure.project}/_apis/serviceendpoint/endpoints`
    const { value } = await azure.get<{ value: Endpoint[] }>(`to read ${what}`, path, query)
    const there = value.find((endpoint) => endpoint.name === name)
    if (!there) return [forOwner(what, why)]
    known.set('service connection', name, there.id)
    return [done(what)]
  })
}

/** Service connections are looked for only: making one takes rights in Azure that no token of Azure DevOps has. */
export const connectionSteps = async (
  azure: Azure,
  known: Known,
  { connections }: Wanted,
): Promise<BootstrapStep[]> =>
  await inTurn(
    connections.map(
      ({ name }) =>
        () =>
          step(azure, known, name),
    ),
  )
