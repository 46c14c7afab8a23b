import { dirname, posix } from 'node:path'
import { Fail } from '../errors.ts'
import type { RecordedState } from '../plan/state.ts'
import type { Session } from './session.ts'

/** Folders that are looked into, and names that are told of one. */
const most = { folders: 10, names: 10 }

const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/** `dbfs:/x` and `/dbfs/x` -> `/x`. */
const onDbfs = (text: string): string | undefined => {
  const path = /^(?:dbfs:|\/dbfs)(\/[^{}$]+)$/.exec(text)?.[1]
  return path === undefined ? undefined : posix.normalize(path).replace(/\/$/, '')
}

const isBelow = (path: string, root: string): boolean => path === root || path.startsWith(`${root}/`)

/** Where runs may have written: paths of DBFS that the jobs were given, and that were not deployed by us. */
const placesOf = ({ jobs, apps, packages }: RecordedState): string[] => {
  const deployed = [
    ...Object.values(apps ?? {}).map(({ root }) => root),
    ...Object.values(packages ?? {}).flatMap(({ path }) => onDbfs(dirname(path)) ?? []),
  ]
  const named = Object.values(jobs ?? {}).flatMap(({ settings }) =>
    textsIn(settings).flatMap((text) => onDbfs(text) ?? []),
  )
  const places = [...new Set(named)].filter(
    (path) => path !== '' && !deployed.some((root) => isBelow(path, root)),
  )
  return places.filter((path) => !places.some((other) => other !== path && isBelow(path, other)))
}

const namesIn = async ({ client }: Session, path: string): Promise<string[]> => {
  const found = (await client.dbfs.children(`dbfs:${path}`)) ?? []
  return found.map((file) =>
    file.path === path ? '' : `${posix.basename(file.path)}${file.is_dir ? '/' : ''}`,
  )
}

const described = (path: string, names: readonly string[]): string => {
  if (names.length === 1 && names[0] === '') return `dbfs:${path}`
  const more = names.length > most.names ? ` and ${names.length - most.names} more` : ''
  return `dbfs:${path} with ${names.slice(0, most.names).join(', ')}${more}`
}

/**
 * What a destroy leaves on DBFS though jobs of the project name it: what runs made is not ours to remove. Reads only; what cannot
 * be read is not told of.
 */
export const leftBehind = async (
  session: Session,
  state: RecordedState = {},
): Promise<{ text: string; hint: string } | undefined> => {
  const places = placesOf(state).slice(0, most.folders)
  try {
    const found = await Promise.all(
      places.map(async (path) => ({ path, names: await namesIn(session, path) })),
    )
    const left = found.filter(({ names }) => names.length > 0)
    if (left.length === 0) return undefined
    const text = `left as it is, because runs made it and not a deployment: ${left.map(({ path, names }) => described(path, names)).join('; ')}`
    return { text, hint: 'remove it yourself when nobody needs it any more' }
  } catch (error) {
    if (!(error instanceof Fail) || error.code === 'INTERRUPTED') throw error
    return undefined
  }
}
