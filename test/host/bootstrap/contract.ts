import { createContract, type Contract } from '../../support/openapi.ts'
import type { Node } from '../../support/openapi-schema.ts'

const text = { type: 'string' }
const whole = { type: 'integer' }
const yes = { type: 'boolean' }

export const types = { text, whole, yes }

/** A required body of these properties. */
export const body = (properties: Node, required: readonly string[] = []): Node => ({
  required: true,
  content: { 'application/json': { schema: { type: 'object', required, properties } } },
})

const isWhole = (name: string): boolean => /(^id|_id|Id)$/.test(name)

/** An operation; parameters of the path are whole numbers where their name ends in `id`. */
export const operation = (path: string, query: readonly string[] = [], requestBody?: Node): Node => ({
  parameters: [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
      in: 'path',
      name,
      required: true,
      schema: isWhole(name) ? whole : text,
    })),
    ...query.map((name) => ({ in: 'query', name, schema: text })),
  ],
  ...(requestBody ? { requestBody } : {}),
})

/** A specification of the operations that the official ones leave out: `METHOD /path` -> operation. */
export const specOf = (
  operations: Readonly<Record<string, { query?: readonly string[]; body?: Node }>>,
): Node => {
  const paths: Record<string, Record<string, Node>> = {}
  for (const [line, { query, body: requestBody }] of Object.entries(operations)) {
    const [method = '', path = ''] = line.split(' ')
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation(path, query, requestBody) }
  }
  return { openapi: '3.0.3', info: { title: 'additions', version: '1' }, paths }
}

const isUnknown = (faults: readonly string[]): boolean =>
  faults.some((fault) => /no such (route|method)$/.test(fault))

/** The official specification first; what it does not know, by ours. */
export const withAdditions = (official: Contract | undefined, additions: Node): Contract => {
  const ours = createContract([additions])
  return {
    routes: [...(official?.routes ?? []), ...ours.routes],
    validateRequest: (request) => {
      const faults = official?.validateRequest(request)
      return faults && !isUnknown(faults) ? faults : ours.validateRequest(request)
    },
  }
}
