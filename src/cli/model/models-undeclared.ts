import { Fail } from '../../errors.ts'
import type { RegistryKind } from '../../plan/state-policy.ts'
import type { Session } from '../session.ts'
import type { ModelSession } from './open.ts'

export interface Undeclared {
  registry: RegistryKind
  title: string
  names: string[]
}

/** A page may be empty and still have a token. */
const catalogNames = async ({ client }: Session): Promise<string[]> => {
  const names: string[] = []
  for (let page_token: string | undefined; ;) {
    const page = await client.unityCatalog.listModels(page_token === undefined ? {} : { page_token })
    names.push(...(page.registered_models ?? []).map(({ full_name }) => full_name))
    if (!page.next_page_token || page.next_page_token === page_token) return names
    page_token = page.next_page_token
  }
}

const namesIn = async (session: Session, { registry, mlflow }: ModelSession): Promise<string[]> =>
  registry.kind === 'unity-catalog'
    ? await catalogNames(session)
    : (await mlflow.models()).map(({ name }) => name)

/** A list that one may not see is no reason to show nothing. */
const denied = (session: Session, title: string, error: unknown): string[] => {
  if (!(error instanceof Fail) || error.code !== 'PERMISSION_DENIED') throw error
  const text = `the other models in ${title} are not listed: ${error.message}`
  session.run.emit({ type: 'notice', level: 'warning', text, hint: error.hint })
  return []
}

/** Models in the registries of these that no policy declares. */
export const undeclared = async (
  session: Session,
  opened: readonly ModelSession[],
): Promise<Undeclared[]> => {
  const declared = new Set(session.project.models.map(({ name }) => name))
  const registries = new Map(opened.map((model) => [model.registry.title, model]))
  const found = await Promise.all(
    [...registries].map(async ([title, model]) => {
      const names = await namesIn(session, model).catch((error: unknown) => denied(session, title, error))
      const others = names.filter((name) => !declared.has(name)).toSorted()
      return { registry: model.registry.kind, title, names: others }
    }),
  )
  return found.filter(({ names }) => names.length > 0)
}
