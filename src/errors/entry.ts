/** https://github.com/brickrail/brickrail#exit-codes; the table in README.md is checked against this one. */
export const exitCodes = {
  done: 0,
  bug: 1,
  usage: 2,
  pending: 3,
  refused: 4,
  forbidden: 5,
  busy: 6,
  timeout: 7,
  gate: 8,
  approval: 9,
} as const

export type Exit = (typeof exitCodes)[keyof typeof exitCodes]
export type Context = Record<string, string | number | undefined>

export interface Entry {
  exit: Exit
  say: (c: Context) => string
  hint: (c: Context) => string
}
