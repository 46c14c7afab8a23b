import type { Azure } from './client.ts'

export interface Approver {
  id: string
  group: boolean
  /** As a person wrote it. */
  name: string
}

interface Property {
  $value?: unknown
}

/** https://learn.microsoft.com/rest/api/azure/devops/ims/identities/read-identities */
interface Identity {
  id: string
  /** Of a group `[project]\\name`. */
  providerDisplayName?: string
  isContainer?: boolean
  isActive?: boolean
  properties?: Readonly<Record<'Account' | 'Mail' | 'Domain', Property | undefined>>
}

/** Identities of dev.azure.com are kept by another server. */
const serverOf = ({ url, organization }: Azure): string =>
  url.startsWith('https://dev.azure.com/') ? `https://vssps.dev.azure.com/${organization}` : ''

const propertyOf = ({ properties }: Identity, name: 'Account' | 'Mail' | 'Domain'): string => {
  const value = properties?.[name]?.$value
  return typeof value === 'string' ? value : ''
}

/** Names by which nobody else is meant: a person's display name is not one of them. */
const namesOf = (identity: Identity): string[] => {
  const account = propertyOf(identity, 'Account')
  if (identity.isContainer === true)
    return [account, propertyOf(identity, 'Mail'), identity.providerDisplayName ?? '']
  const unique = `${propertyOf(identity, 'Domain')}\\${account}`
  return [account, propertyOf(identity, 'Mail'), unique]
}

const isNamed = (identity: Identity, name: string): boolean =>
  namesOf(identity).some((each) => each.toLowerCase() === name.toLowerCase())

/** @returns an approver, or why there is none */
const find = async (azure: Azure, name: string): Promise<Approver | string> => {
  // Compares display names as well: https://learn.microsoft.com/rest/api/azure/devops/ims/identities/read-identities
  const query = {
    searchFilter: 'General',
    filterValue: name,
    queryMembership: 'None',
    'api-version': '7.1',
  }
  const path = `${serverOf(azure)}/_apis/identities`
  const { value } = await azure.get<{ value: Identity[] }>(`to look for ${name}`, path, query)
  const named = value.filter((identity) => identity.isActive !== false && isNamed(identity, name))
  const [only, ...others] = named
  if (!only) return `the organization knows nobody with the e-mail or account, and no group named ${name}`
  if (others.length === 0) return { id: only.id, group: only.isContainer === true, name }
  const all = named.map(({ providerDisplayName, id }) => providerDisplayName ?? id).join(', ')
  return `${name} can be any of ${all}: say which one`
}

/**
 * Users by e-mail or account, groups by name.
 * @returns `faults` says who was not found, or is several
 */
export const approversOf = async (
  azure: Azure,
  names: readonly string[],
): Promise<{ found: Approver[]; faults: string[] }> => {
  const all = await Promise.all(names.map((name) => find(azure, name)))
  return {
    found: all.filter((each) => typeof each !== 'string'),
    faults: all.filter((each) => typeof each === 'string'),
  }
}
