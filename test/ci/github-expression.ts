/**
 * GitHub's expressions, as far as the generated workflows use them, evaluated as documented:
 * https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
 */
export interface Scope {
  /** `github`, `needs`, `inputs`, ... */
  contexts: Readonly<Record<string, unknown>>
  functions: Readonly<Record<string, (...values: unknown[]) => unknown>>
}

const tokens = /\s*('(?:[^']|'')*'|==|!=|&&|\|\||[!().,]|\*|[A-Za-z_][\w-]*|-?\d+(?:\.\d+)?)/y

const tokensOf = (text: string): string[] => {
  const found: string[] = []
  tokens.lastIndex = 0
  while (tokens.lastIndex < text.trimEnd().length) {
    const at = tokens.lastIndex
    const token = tokens.exec(text)?.[1]
    if (token === undefined) throw new Error(`no expression from here on: ${text.slice(at)}`)
    found.push(token)
  }
  return found
}

const truthy = (value: unknown): boolean =>
  value !== false && value !== 0 && value !== '' && value !== null && value !== undefined

const numberOf = (value: unknown): number =>
  value === null || value === undefined || value === '' ? 0 : Number(value)

/** Texts are compared without case, different types as numbers. */
const equal = (a: unknown, b: unknown): boolean =>
  typeof a === 'string' && typeof b === 'string'
    ? a.toLowerCase() === b.toLowerCase()
    : typeof a === typeof b
      ? a === b
      : numberOf(a) === numberOf(b)

const member = (value: unknown, key: string): unknown => {
  if (typeof value !== 'object' || value === null) return null
  if (key === '*') return Object.values(value)
  if (Array.isArray(value)) return value.map((item) => member(item, key))
  return Object.entries(value).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1] ?? null
}

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return `${value}`
  return value === null || value === undefined ? '' : 'Object'
}

const builtIns: Scope['functions'] = {
  contains: (all, item) =>
    Array.isArray(all)
      ? all.some((one) => equal(one, item))
      : textOf(all).toLowerCase().includes(textOf(item).toLowerCase()),
  fromJSON: (text) => JSON.parse(textOf(text)),
  join: (all, separator) => (Array.isArray(all) ? all.map(textOf).join(textOf(separator)) : textOf(all)),
}

class Parser {
  readonly #scope: Scope
  readonly #tokens: string[]

  constructor(text: string, scope: Scope) {
    this.#scope = scope
    this.#tokens = tokensOf(text)
  }

  whole(): unknown {
    const value = this.#or()
    if (this.#tokens.length > 0) throw new Error(`left over: ${this.#tokens.join(' ')}`)
    return value
  }

  #takes(token: string): boolean {
    if (this.#tokens[0] !== token) return false
    this.#tokens.shift()
    return true
  }

  #expect(token: string): void {
    if (!this.#takes(token)) throw new Error(`${token} is missing before ${this.#tokens.join(' ')}`)
  }

  #or(): unknown {
    let value = this.#and()
    while (this.#takes('||')) {
      const other = this.#and()
      value = truthy(value) ? value : other
    }
    return value
  }

  #and(): unknown {
    let value = this.#comparison()
    while (this.#takes('&&')) {
      const other = this.#comparison()
      value = truthy(value) ? other : value
    }
    return value
  }

  #comparison(): unknown {
    const value = this.#unary()
    if (this.#takes('==')) return equal(value, this.#unary())
    if (this.#takes('!=')) return !equal(value, this.#unary())
    return value
  }

  #unary(): unknown {
    return this.#takes('!') ? !truthy(this.#unary()) : this.#primary()
  }

  #primary(): unknown {
    if (this.#takes('(')) {
      const value = this.#or()
      this.#expect(')')
      return value
    }
    const token = this.#tokens.shift()
    if (token === undefined) throw new Error('the expression ends early')
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'")
    if (/^-?\d/.test(token)) return Number(token)
    if (token === 'true' || token === 'false') return token === 'true'
    if (token === 'null') return null
    return this.#takes('(') ? this.#call(token) : this.#property(token)
  }

  #call(name: string): unknown {
    const values: unknown[] = []
    while (!this.#takes(')')) {
      values.push(this.#or())
      this.#takes(',')
    }
    const called = { ...builtIns, ...this.#scope.functions }[name]
    if (!called) throw new Error(`there is no function ${name}`)
    return called(...values)
  }

  #property(name: string): unknown {
    if (!(name in this.#scope.contexts)) throw new Error(`there is no context ${name}`)
    let value = this.#scope.contexts[name]
    while (this.#takes('.')) value = member(value, this.#tokens.shift() ?? '')
    return value
  }
}

/** An expression, with or without its `${{ }}`. */
export const evaluate = (text: string, scope: Scope): unknown =>
  new Parser(text.replace(/^\s*\$\{\{(.*)\}\}\s*$/s, '$1'), scope).whole()

/** Whether a job or step runs. Without a status function, everything before it must have succeeded. */
export const holds = (condition: string, scope: Scope): boolean => {
  const asked = /\b(success|failure|cancelled|always)\s*\(/.test(condition)
  return truthy(
    evaluate(
      asked ? condition : `success() && (${condition.replace(/^\s*\$\{\{(.*)\}\}\s*$/s, '$1')})`,
      scope,
    ),
  )
}

/** Text with `${{ }}` in it. */
export const interpolate = (text: string, scope: Scope): string =>
  text.replaceAll(/\$\{\{(.*?)\}\}/gs, (_, inner: string) => textOf(evaluate(inner, scope)))
