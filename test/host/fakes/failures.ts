import { Fail } from '../../../src/errors.ts'

/** The failure that some work ends with; anything else is thrown. */
export const failureOf = async (work: Promise<unknown>): Promise<Fail> => {
  const error = await work.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  )
  if (error instanceof Fail) return error
  throw error
}

/** Everything that an error says, and that somebody could print of it. */
export const allOf = (error: unknown): string => {
  const seen = new Set<unknown>()
  const walk = (value: unknown): string => {
    if (typeof value !== 'object' || value === null) return String(value)
    if (seen.has(value)) return ''
    seen.add(value)
    const names = [...Object.getOwnPropertyNames(value), 'message', 'stack', 'cause']
    const headers = value instanceof Headers ? JSON.stringify([...value]) : ''
    return names.map((name) => walk(Reflect.get(value, name))).join(' ') + headers
  }
  return walk(error)
}

/** A page as of a proxy or a login. */
export const html = (title: string): string =>
  `<!DOCTYPE html><html><head><title>${title}</title></head><body/></html>`
/** As GitHub words an error. */
export const github = (message: string): Record<string, unknown> => ({
  message,
  documentation_url: 'https://docs.github.com/rest',
})
