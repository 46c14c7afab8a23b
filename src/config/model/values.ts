import { get, text, type Located } from '../located.ts'

/** One of the words that a schema allows. */
export const oneAt = <const T extends string>(
  node: Located | undefined,
  words: readonly T[],
  ...path: (string | number)[]
): T | undefined => {
  const said = text(node, ...path)
  return words.find((word) => word === said)
}

/** The boolean at a path, or a default. */
export const truthAt = (node: Located | undefined, fallback: boolean, ...path: string[]): boolean => {
  const found = get(node, ...path)
  return found?.kind === 'scalar' && typeof found.value === 'boolean' ? found.value : fallback
}

/** `{ key: value }`, or nothing when there is none: for members that may be absent. */
export const given = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } => {
  const found: { [P in K]?: V } = {}
  if (value !== undefined) found[key] = value
  return found
}

/** The number at a path; a text of digits is what a variable of the environment holds. */
export const numberAt = (node: Located | undefined, ...path: (string | number)[]): number | undefined => {
  const found = get(node, ...path)
  if (found?.kind !== 'scalar' || found.value === null || typeof found.value === 'boolean') return undefined
  const value =
    typeof found.value === 'string' && found.value.trim() === '' ? Number.NaN : Number(found.value)
  return Number.isFinite(value) ? value : undefined
}

/** Entries of the list at a path, or none. */
export const itemsAt = (node: Located | undefined, ...path: (string | number)[]): Located[] => {
  const found = get(node, ...path)
  return found?.kind === 'list' ? found.items : []
}
