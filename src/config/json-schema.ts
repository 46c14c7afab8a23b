import { toJsonSchema } from '@valibot/to-json-schema'
import { clusterFields } from './cluster/fields.ts'
import { jobSchema } from './job/schema.ts'
import { modelSchema } from './model/schema.ts'
import { librariesSchema, projectSchema } from './schema.ts'

type Schema = Record<string, unknown>

/** JSON schemas (draft 7) of the files that a user writes, by file name: editors complete and check with them. */
export const jsonSchemas = (): Record<string, unknown> => ({
  'brickrail.schema.json': closedByFalse(toJsonSchema(projectSchema)),
  'libraries.schema.json': closedByFalse(toJsonSchema(librariesSchema)),
  'cluster.schema.json': clusterSchema(),
  'job.schema.json': jobJsonSchema(),
  'model.schema.json': closedByFalse(toJsonSchema(modelSchema)),
})

/** Open: Databricks adds fields. Nothing is required, so that an overlay is checked by the same schema. */
const jobJsonSchema = (): unknown => {
  const { required: _tasks, ...schema } = toJsonSchema(jobSchema)
  return schema
}

/** `additionalProperties: {not: {}}` says the same as `false`, but editors only understand the latter. */
const closedByFalse = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closedByFalse)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]: [string, unknown]) => [
      key,
      key === 'additionalProperties' && JSON.stringify(value) === '{"not":{}}' ? false : closedByFalse(value),
    ]),
  )
}

/** Nothing is required here: an overlay is checked by the same schema, and a policy may fill the rest. */
const clusterSchema = (): Schema => {
  const { fields, readOnly, objects, enums } = clusterFields
  const known = Object.entries(fields).map(([name, { type, description, default: value }]) => [
    name,
    { ...nullable(reference(type)), description, ...(value === undefined ? {} : { default: value }) },
  ])
  const left = readOnly.map((name) => [name, { description: 'Set by Databricks; left out with a notice.' }])
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Body of clusters/create',
    type: 'object',
    properties: { $schema: { type: 'string' }, ...Object.fromEntries([...known, ...left]) },
    additionalProperties: false,
    definitions: {
      ...Object.fromEntries(
        Object.entries(objects).map(([name, types]) => [name, objectSchema(name, types)]),
      ),
      ...Object.fromEntries(
        Object.entries(enums).map(([name, values]) => [name, orReference({ enum: values })]),
      ),
    },
  }
}

const objectSchema = (name: string, types: Readonly<Record<string, string>>): Schema => ({
  type: 'object',
  properties: Object.fromEntries(
    Object.entries(types).map(([field, type]) => [field, nullable(reference(type))]),
  ),
  additionalProperties: false,
  ...(clusterFields.required[name] ? { required: clusterFields.required[name] } : {}),
})

const scalars: Record<string, Schema> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int: { type: 'integer' },
  number: { type: 'number' },
}

/** A type of the field table as a schema. Maps take null, which removes a key in an overlay. */
const reference = (type: string): Schema => {
  if (type === 'string') return { type: 'string' }
  if (type.startsWith('[')) return { type: 'array', items: reference(type.slice(1, -1)) }
  if (type === 'map') return { type: 'object', additionalProperties: { type: ['string', 'null'] } }
  const scalar = scalars[type]
  return scalar ? orReference(scalar) : { $ref: `#/definitions/${type}` }
}

/** `"${var.workers}"` stands for a value of any type. */
const orReference = (schema: Schema): Schema => ({
  anyOf: [schema, { type: 'string', pattern: '^\\$\\{[^}]+\\}$' }],
})

/** `null` removes a field in an overlay, and is as good as nothing in a spec. */
const nullable = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] })
