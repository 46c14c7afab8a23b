import type { Clause } from './filter.ts'

/** A piece of SQL and what is bound to its question marks, in order. */
export interface Sql {
  readonly text: string
  readonly values: readonly (string | number)[]
}

/** LIKE of MLflow is case-sensitive, SQLite's is not; GLOB is. `%` and `_` are wildcards, nothing escapes them. */
export const globOf = (pattern: string): string =>
  pattern.replace(/[[*?%_]/g, (char) => (char === '%' ? '*' : char === '_' ? '?' : `[${char}]`))

/**
 * A comparison of one column (an SQL expression) with the value of a clause. A row without a value never matches, `!=` included.
 * ILIKE folds A-Z only, as SQLite below a real server does.
 */
export const compare = (column: string, { operator, value }: Pick<Clause, 'operator' | 'value'>): Sql => {
  if (value === undefined) return { text: `${column} ${operator}`, values: [] }
  // One parameter for any number of values: statements are kept by their text.
  if (typeof value === 'object')
    return { text: `${column} ${operator} (SELECT value FROM json_each(?))`, values: [JSON.stringify(value)] }
  if (operator === 'LIKE') return { text: `${column} GLOB ?`, values: [globOf(`${value}`)] }
  if (operator === 'ILIKE') return { text: `${column} LIKE ?`, values: [value] }
  return { text: `${column} ${operator} ?`, values: [value] }
}

/** All of them, joined by AND; no clause: `1`. */
export const every = (conditions: readonly Sql[]): Sql => ({
  text: conditions.length === 0 ? '1' : conditions.map(({ text }) => text).join(' AND '),
  values: conditions.flatMap(({ values }) => values),
})
