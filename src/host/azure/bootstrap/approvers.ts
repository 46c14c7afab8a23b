import type { Azure } from './client.ts'

export interface Approver {
  id: string
  group: boolean
  /** As a person wrote it. */
  name: string
}

/** https://learn.microsoft.com/rest/api/azure/devops/ims/identities/read-identities */
interface Identity {
  id: string
  isContainer?: boolean
  isActive?: boolean
}

/** Identities of dev.azure.com are kept by another server. */
const serverOf = ({ url, organization }: Azure): string =>
  url.startsWith('https://dev.azure.com/') ? `https://vssps.dev.azure.com/${organization}` : ''

const find = async (azure: Azure, name: string): Promise<Approver | undefined> => {
  const query = {
    searchFilter: 'General',
    filterValue: name,
    queryMembership: 'None',
    'api-version': '7.1',
  }
  const path = `${serverOf(azure)}/_apis/identities`
  const { value } = await azure.get<{ value: Identity[] }>(`to look for ${name}`, path, query)
  const [only, ...others] = value.filter(({ isActive }) => isActive !== false)
  return only && others.length === 0 ? { id: only.id, group: only.isContainer === true, name } : undefined
}

/** Users by e-mail, groups by name; a name that fits several is nobody's. */
export const approversOf = async (
  azure: Azure,
  names: readonly string[],
): Promise<{ found: Approver[]; unknown: string[] }> => {
  const all = await Promise.all(names.map(async (name) => ({ name, found: await find(azure, name) })))
  return {
    found: all.flatMap(({ found }) => found ?? []),
    unknown: all.flatMap(({ name, found }) => (found ? [] : [name])),
  }
}
