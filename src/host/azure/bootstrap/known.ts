import { Fail } from '../../../errors.ts'

/** What a pipeline uses, as Azure names its kind in paths and checks. */
export const resourceTypes = {
  'variable group': 'variablegroup',
  environment: 'environment',
  'service connection': 'endpoint',
} as const

export type ResourceKind = keyof typeof resourceTypes

/** `approval before <environment>`, `branch control of <kind> <name>` */
export type Kind = ResourceKind | 'pipeline' | 'approval before' | 'branch control of'

/** Whether it is there, or an earlier step is about to create it. */
export type Expected = (kind: Kind, name: string) => boolean

/** Ids of what is there, or has been created since: later steps speak of it. */
export interface Known {
  find: (kind: Kind, name: string) => string | undefined
  set: (kind: Kind, name: string, id: string | number) => void
  /** @throws Fail CI_REFUSED when an earlier step could not create it */
  need: (kind: Kind, name: string) => string
}

export const createKnown = (): Known => {
  const ids = new Map<string, string>()
  const find = (kind: Kind, name: string) => ids.get(`${kind} ${name}`)
  return {
    find,
    set: (kind, name, id) => void ids.set(`${kind} ${name}`, String(id)),
    need: (kind, name) => {
      const id = find(kind, name)
      if (id !== undefined) return id
      const message = `there is no ${kind} ${name}: an earlier step could not create it`
      const hint = 'mend that first, then run this again'
      throw new Fail('CI_REFUSED', {
        host: 'Azure DevOps',
        method: 'nothing sent',
        path: name,
        status: 'not tried',
        message,
        hint,
      })
    },
  }
}
