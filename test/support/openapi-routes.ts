import { isNode, type Node } from './openapi-schema.ts'

/** One operation of a specification. */
export interface Route {
  method: string
  /** With `{names}`, without query. */
  template: string
  segments: readonly string[]
  parameters: readonly Node[]
  operation: Node
  spec: Node
}

const methods = ['get', 'put', 'post', 'patch', 'delete', 'options', 'head']

/** Follow one reference inside a specification. */
export const follow = (spec: Node, node: Node): Node => {
  const { $ref } = node
  if (typeof $ref !== 'string' || !$ref.startsWith('#/')) return node
  const target = $ref
    .slice(2)
    .split('/')
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, part) => (isNode(at) ? at[part] : undefined), spec)
  if (!isNode(target)) throw new Error(`the specification has no ${$ref}`)
  return follow(spec, target)
}

const parametersOf = (spec: Node, ...lists: unknown[]): Node[] =>
  lists.flatMap((list) => (Array.isArray(list) ? list.filter(isNode).map((each) => follow(spec, each)) : []))

/** All operations, those of `x-ms-paths` (overloads that differ in their query) included. */
export const routesOf = (spec: Node): Route[] => {
  const items = [spec['paths'], spec['x-ms-paths']].flatMap((paths) =>
    isNode(paths) ? Object.entries(paths) : [],
  )
  return items.flatMap(([path, item]) => {
    if (!isNode(item)) return []
    const template = path.split('?')[0] ?? ''
    return methods.flatMap((method) => {
      const operation = item[method]
      if (!isNode(operation)) return []
      const parameters = parametersOf(spec, item['parameters'], operation['parameters'])
      const segments = template.split('/').filter((part) => part !== '')
      return [{ method: method.toUpperCase(), template, segments, parameters, operation, spec }]
    })
  })
}

const variable = (segment: string): string | undefined => /^\{(.+)\}$/.exec(segment)?.[1]

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The values in a path by name, when its literal parts match; Azure's own server takes any case. */
export const match = (route: Route, path: string): Map<string, string> | undefined => {
  const parts = path.split('/').filter((part) => part !== '')
  if (parts.length !== route.segments.length) return undefined
  const values = new Map<string, string>()
  for (const [index, segment] of route.segments.entries()) {
    const part = parts[index] ?? ''
    const name = variable(segment)
    if (name !== undefined) values.set(name, decode(part))
    else if (segment.toLowerCase() !== decode(part).toLowerCase()) return undefined
  }
  return values
}

/** How many parts of the path a route names itself: `/pulls/comments` goes before `/pulls/{number}`. */
export const literals = ({ segments }: Route): number =>
  segments.filter((segment) => variable(segment) === undefined).length

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

const formIs = (schema: Node, text: string): string | undefined => {
  if (schema['type'] === 'integer' && !/^-?\d+$/.test(text)) return 'is not an integer'
  if (schema['type'] === 'number' && !Number.isFinite(Number(text))) return 'is not a number'
  if (schema['type'] === 'boolean' && !/^(true|false)$/i.test(text)) return 'is neither true nor false'
  if (schema['format'] === 'uuid' && !uuid.test(text)) return 'is not a GUID'
  return undefined
}

/** What is wrong with a value of a path or a query; they travel as text. */
export const plainFault = (parameter: Node, spec: Node, text: string): string | undefined => {
  const raw = parameter['schema']
  const schema = isNode(raw) ? follow(spec, raw) : parameter
  const allowed = schema['enum']
  if (text === '' && parameter['required'] === true) return 'is empty'
  if (Array.isArray(allowed) && !allowed.map(String).includes(text))
    return schema['x-ms-enum'] && /^\d+$/.test(text)
      ? undefined
      : `«${text}» is not one of ${allowed.join(', ')}`
  const fault = formIs(schema, text)
  return fault && `«${text}» ${fault}`
}
