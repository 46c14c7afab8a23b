import type { BootstrapStep, Wanted } from '../../bootstrap.ts'
import { done, forOwner, orOwner } from '../../bootstrap-steps.ts'
import type { Azure } from './client.ts'
import type { Known } from './known.ts'

interface Endpoint {
  id: string
  name: string
  type?: string
}

/** The service connection is looked for only: making one takes rights in Azure that no token of Azure DevOps has. */
export const connectionSteps = async (
  azure: Azure,
  known: Known,
  { serviceConnection: name }: Wanted,
): Promise<BootstrapStep[]> => {
  if (name === undefined) return []
  const what = `service connection ${name}`
  const why = `make it in ${azure.url}${azure.project}/_settings/adminservices: Azure Resource Manager, workload identity federation; and add its service principal to the Databricks workspace`
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
