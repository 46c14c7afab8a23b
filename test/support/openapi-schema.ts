/** Any JSON object of a specification. */
export type Node = Readonly<Record<string, unknown>>

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const nodes = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : [])

/** What `$ref` names: `#/definitions/Comment` -> `Comment`. */
const nameOf = (ref: string): string => decodeURIComponent(ref.split('/').at(-1) ?? '')

const combiners = ['allOf', 'anyOf', 'oneOf'] as const

/** Does a schema name any property, in itself or in what it is combined of? One that names none takes all. */
const names = (schema: Node, defs: Node, seen: ReadonlySet<string> = new Set()): boolean => {
  const { $ref, properties } = schema
  if (typeof $ref === 'string') {
    const name = nameOf($ref)
    const target = defs[name]
    return isNode(target) && !seen.has(name) && names(target, defs, new Set([...seen, name]))
  }
  if (isNode(properties) && Object.keys(properties).length > 0) return true
  return combiners.some((word) => nodes(schema[word]).some((part) => names(part, defs, seen)))
}

const mapValues = (node: unknown, change: (value: Node) => unknown): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(isNode(node) ? node : {}).map(([key, value]) => [
      key,
      isNode(value) ? change(value) : value,
    ]),
  )

const orNull = (schema: Record<string, unknown>): Record<string, unknown> => ({
  anyOf: [schema, { type: 'null' }],
})

/** Azure's client sends the numbers of its enums; the service takes both: https://github.com/microsoft/azure-devops-node-api. */
const orNumber = (values: unknown): Record<string, unknown> => ({
  anyOf: [{ enum: values }, { type: 'integer' }],
})

/** Words of JSON schema that mean the same in Swagger 2, OpenAPI 3.0 and JSON schema 2019-09. */
const same = [
  'type',
  'required',
  'minLength',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minimum',
  'maximum',
  'minProperties',
  'maxProperties',
]

/**
 * A schema of Swagger 2 or OpenAPI 3.0 as JSON schema 2019-09 that refuses fields which are not declared.
 * @param open as a part of a combination, whose whole is sealed instead
 */
export const sealed = (schema: Node, defs: Node, open = false): Record<string, unknown> => {
  const { $ref, properties, items, additionalProperties, nullable } = schema
  if (typeof $ref === 'string')
    return { $ref: `#/$defs/${encodeURIComponent(nameOf($ref))}${open ? '.open' : ''}` }
  const result: Record<string, unknown> = {}
  for (const word of same) if (schema[word] !== undefined) result[word] = schema[word]
  if (schema['enum'] !== undefined)
    Object.assign(result, schema['x-ms-enum'] ? orNumber(schema['enum']) : { enum: schema['enum'] })
  if (schema['x-ms-enum']) delete result['type']
  if (properties !== undefined) result['properties'] = mapValues(properties, (each) => sealed(each, defs))
  if (isNode(items)) result['items'] = sealed(items, defs)
  for (const word of combiners)
    if (schema[word] !== undefined) result[word] = nodes(schema[word]).map((part) => sealed(part, defs, true))
  if (isNode(additionalProperties)) result['additionalProperties'] = sealed(additionalProperties, defs)
  else if (!open && additionalProperties !== true && names(schema, defs))
    result['unevaluatedProperties'] = false
  return nullable === true ? orNull(result) : result
}

/** All definitions, each in a sealed and an open form. */
export const sealedDefs = (defs: Node): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(defs).flatMap(([name, schema]) =>
      isNode(schema)
        ? [
            [name, sealed(schema, defs)],
            [`${name}.open`, sealed(schema, defs, true)],
          ]
        : [],
    ),
  )

/** RFC 7396. */
export const mergePatch = (target: unknown, patch: unknown): unknown => {
  if (!isNode(patch)) return patch
  const result: Record<string, unknown> = isNode(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch))
    if (value === null) delete result[key]
    else result[key] = mergePatch(result[key], value)
  return result
}
