/** An answer that may be anybody's: what is not there, or is of another type, is undefined; what is no list is an empty one. */
export interface Unread {
  /** Not ''. */
  text(name: string): string | undefined
  number(name: string): number | undefined
  /** ISO 8601, of whatever form the host writes its times in. */
  time(name: string): string | undefined
  at(name: string): Unread
  readonly list: readonly Unread[]
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}

/** Wrap parsed JSON for reading. */
export const read = (value: unknown): Unread => {
  const fields = fieldsOf(value)
  const text = (name: string): string | undefined => {
    const found = fields[name]
    return typeof found === 'string' && found !== '' ? found : undefined
  }
  return {
    text,
    number: (name) => (typeof fields[name] === 'number' ? fields[name] : undefined),
    time: (name) => {
      const ms = Date.parse(text(name) ?? '')
      return Number.isNaN(ms) ? undefined : new Date(ms).toISOString()
    },
    at: (name) => read(fields[name]),
    list: Array.isArray(value) ? value.map(read) : [],
  }
}

/** E-mail addresses among some texts, each once. */
export const emailsOf = (texts: readonly (string | undefined)[]): string[] => [
  ...new Set(
    texts.flatMap((text) => (text !== undefined && /^\S+@\S+$/.test(text) ? [text.toLowerCase()] : [])),
  ),
]
