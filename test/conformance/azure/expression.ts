// https://learn.microsoft.com/en-us/azure/devops/pipelines/process/expressions
export type Value = string | number | boolean | undefined | { [name: string]: Value }

/** What names and functions stand for where an expression is read. */
export interface Scope {
  names: { [name: string]: Value }
  functions?: Readonly<Record<string, (...values: Value[]) => Value>>
}

export const text = (value: Value): string => {
  if (typeof value === 'object') throw new Error('an object is no text')
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return value === undefined ? '' : String(value)
}

/** Text is compared without regard to case. */
const same = (a: Value, b: Value): boolean => text(a).toLowerCase() === text(b).toLowerCase()

const truth = (value: Value): boolean => value !== false && value !== undefined && value !== '' && value !== 0

const standard: Readonly<Record<string, (...values: Value[]) => Value>> = {
  and: (...values) => values.every(truth),
  or: (...values) => values.some(truth),
  not: (value) => !truth(value),
  eq: same,
  ne: (a, b) => !same(a, b),
  in: (value, ...others) => others.some((other) => same(value, other)),
  startsWith: (whole, part) => text(whole).toLowerCase().startsWith(text(part).toLowerCase()),
  contains: (whole, part) => text(whole).toLowerCase().includes(text(part).toLowerCase()),
  trim: (value) => text(value).trim(),
}

const tokens = (source: string): string[] => {
  const found = source.match(/'(?:[^']|'')*'|[A-Za-z_][\w-]*|\d+|[(),.[\]]|\s+|./g) ?? []
  return found.filter((token) => token.trim() !== '')
}

const find = (value: Value, name: string): Value => {
  if (typeof value !== 'object') return undefined
  const key = Object.keys(value).find((other) => other.toLowerCase() === name.toLowerCase())
  return key === undefined ? undefined : value[key]
}

/** The value of an expression; an error for anything that these pipelines have no use for. */
export const evaluate = (source: string, { names, functions = {} }: Scope): Value => {
  const rest = tokens(source)
  const take = (wanted?: string): string => {
    const token = rest.shift()
    if (token === undefined || (wanted !== undefined && token !== wanted))
      throw new Error(`«${source}»: ${String(token)} in place of ${wanted ?? 'more'}`)
    return token
  }
  const unquote = (token: string): string => token.slice(1, -1).replaceAll("''", "'")
  const call = (name: string): Value => {
    const known = { ...standard, ...functions }[name]
    if (!known) throw new Error(`«${source}»: there is no function ${name}`)
    take('(')
    const values: Value[] = []
    while (rest[0] !== ')') {
      values.push(read())
      if (rest[0] === ',') take(',')
    }
    take(')')
    return known(...values)
  }
  const member = (value: Value): Value => {
    if (rest[0] === '.') {
      take('.')
      return member(find(value, take()))
    }
    if (rest[0] !== '[') return value
    take('[')
    const inner = find(value, unquote(take()))
    take(']')
    return member(inner)
  }
  const read = (): Value => {
    const token = take()
    if (token.startsWith("'")) return unquote(token)
    if (/^\d/.test(token)) return Number(token)
    if (rest[0] === '(') return call(token)
    if (!/^[A-Za-z_]/.test(token) || !Object.hasOwn(names, token))
      throw new Error(`«${source}»: ${token} is not known here`)
    return member(names[token])
  }
  const value = read()
  if (rest.length > 0) throw new Error(`«${source}»: ${rest.join(' ')} is left over`)
  return value
}

export const holds = (source: string, scope: Scope): boolean => truth(evaluate(source, scope))
