import { Ajv2019, type ErrorObject, type ValidateFunction } from 'ajv/dist/2019.js'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { follow, literals, match, plainFault, routesOf, type Route } from './openapi-routes.ts'
import { isNode, mergePatch, sealed, sealedDefs, type Node } from './openapi-schema.ts'

/** A request as a server sees it. `path` is still percent-encoded and without query. */
export interface SentRequest {
  method: string
  path: string
  query: URLSearchParams
  /** By lower-case name. */
  headers: Readonly<Record<string, string | undefined>>
  /** Parsed JSON; undefined when there was none. */
  body?: unknown
}

export interface Contract {
  /** What the specification does not allow about a request; empty when it is as it should be. */
  validateRequest(request: SentRequest): string[]
  /** `METHOD /template` of each operation. */
  readonly routes: readonly string[]
}

const definitionsOf = (spec: Node): Node => {
  const { definitions, components } = spec
  if (isNode(definitions)) return definitions
  return isNode(components) && isNode(components['schemas']) ? components['schemas'] : {}
}

const jsonType = /^application\/([\w.+-]+\+)?json\b/

interface Body {
  required: boolean
  schema: Node | undefined
}

/** The body of Swagger 2 (a parameter) or OpenAPI 3 (by content type). */
const bodyOf = ({ operation, parameters, spec }: Route): Body | undefined => {
  const parameter = parameters.find((each) => each['in'] === 'body')
  if (parameter) {
    const { schema, required } = parameter
    return { required: required === true, schema: isNode(schema) ? schema : undefined }
  }
  const { requestBody } = operation
  if (!isNode(requestBody)) return undefined
  const { content, required } = follow(spec, requestBody)
  const found = Object.entries(isNode(content) ? content : {}).find(([type]) => jsonType.test(type))?.[1]
  const schema = isNode(found) ? found['schema'] : undefined
  return { required: required === true, schema: isNode(schema) ? schema : undefined }
}

const say = ({ instancePath, message, params }: ErrorObject): string => {
  const detail = Object.values(params).filter((value) => typeof value === 'string')
  const allowed: unknown = params['allowedValues']
  const more = Array.isArray(allowed) ? allowed.join(', ') : detail.join(', ')
  return `body${instancePath} ${message ?? 'is wrong'}${more === '' ? '' : `: ${more}`}`
}

/** Compiles the schema of a body when it is first needed: a specification has hundreds. */
const createBodyCheck = () => {
  const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false })
  const compiled = new Map<Node, ValidateFunction>()
  const documents = new Map<Node, string>()
  const documentOf = (spec: Node): string => {
    const known = documents.get(spec)
    if (known !== undefined) return known
    const id = `spec:${documents.size}`
    documents.set(spec, id)
    ajv.addSchema({ $id: id, $defs: sealedDefs(definitionsOf(spec)) })
    return id
  }
  return (spec: Node, schema: Node, body: unknown): string[] => {
    let check = compiled.get(schema)
    if (!check) {
      const id = documentOf(spec)
      const text = JSON.stringify(sealed(schema, definitionsOf(spec)))
      check = ajv.compile(JSON.parse(text.replaceAll('"$ref":"#/', `"$ref":"${id}#/`)) as Node)
      compiled.set(schema, check)
    }
    return check(body) ? [] : (check.errors ?? []).map(say)
  }
}

const isVersion = (parameter: Node): boolean => parameter['name'] === 'api-version'

/** Azure takes the version in the query or, as its clients send it, in the Accept header. */
const hasVersion = ({ query, headers }: SentRequest): boolean =>
  query.has('api-version') || /api-version=\d/.test(headers['accept'] ?? '')

const queryFaults = (route: Route, request: SentRequest): string[] => {
  const declared = route.parameters.filter((each) => each['in'] === 'query')
  const known = new Map(declared.map((each) => [String(each['name']).toLowerCase(), each]))
  const faults = [...request.query].flatMap(([name, value]) => {
    const parameter = known.get(name.toLowerCase().replace(/\[\]$/, ''))
    if (!parameter) return [`query ${name} is not known`]
    const fault = plainFault(parameter, route.spec, value)
    return fault === undefined ? [] : [`query ${name} ${fault}`]
  })
  const missing = declared.filter(
    (each) =>
      each['required'] === true &&
      !(isVersion(each) ? hasVersion(request) : request.query.has(String(each['name']))),
  )
  return [...faults, ...missing.map((each) => `query ${String(each['name'])} is missing`)]
}

const bodyFaults = (
  route: Route,
  { body, headers }: SentRequest,
  check: ReturnType<typeof createBodyCheck>,
): string[] => {
  const wanted = bodyOf(route)
  // Clients send `null` or `{}` where there is nothing to send.
  const nothing = body === undefined || body === null || (isNode(body) && Object.keys(body).length === 0)
  if (!wanted) return nothing ? [] : ['there is no body in the specification']
  if (body === undefined) return wanted.required ? ['the body is missing'] : []
  if (!jsonType.test(headers['content-type'] ?? '')) return [`content-type is ${headers['content-type']}`]
  return wanted.schema ? check(route.spec, wanted.schema, body) : []
}

const pathFaults = (route: Route, values: ReadonlyMap<string, string>): string[] =>
  [...values].flatMap(([name, value]) => {
    const parameter = route.parameters.find((each) => each['in'] === 'path' && each['name'] === name)
    const fault = parameter && plainFault(parameter, route.spec, value)
    return fault === undefined ? [] : [`path {${name}} ${fault}`]
  })

/** The routes that name most of the path themselves, of those whose values have the right type if there are any. */
const best = (found: readonly { route: Route; faults: string[] }[]) => {
  const typed = found.filter(({ faults }) => faults.length === 0)
  const candidates = typed.length > 0 ? typed : found
  const most = Math.max(...candidates.map(({ route }) => literals(route)))
  return candidates.filter(({ route }) => literals(route) === most)
}

/** Checks requests against specifications: Swagger 2 and OpenAPI 3.0 side by side. */
export const createContract = (specs: readonly Node[]): Contract => {
  const routes = specs.flatMap(routesOf)
  const check = createBodyCheck()
  const validateRequest = (request: SentRequest): string[] => {
    const here = routes.flatMap((route) => {
      const values = match(route, request.path)
      return values ? [{ route, faults: pathFaults(route, values) }] : []
    })
    const where = `${request.method} ${request.path}`
    if (here.length === 0) return [`${where}: no such route`]
    const found = here.filter(({ route }) => route.method === request.method)
    if (found.length === 0) return [`${where}: no such method`]
    // Overloads (x-ms-paths): it must be right for one of them.
    const verdicts = best(found).map(({ route, faults }) => [
      ...faults,
      ...queryFaults(route, request),
      ...bodyFaults(route, request, check),
    ])
    const [fewest = []] = verdicts.toSorted((a, b) => a.length - b.length)
    return fewest.map((fault) => `${where}: ${fault}`)
  }
  return { validateRequest, routes: routes.map(({ method, template }) => `${method} ${template}`) }
}

const folder = fileURLToPath(new URL('../data/specs/', import.meta.url))

const readJson = (file: string): Node => {
  const bytes = readFileSync(`${folder}${file}`)
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  return JSON.parse(text.replace(/^\uFEFF/, '')) as Node
}

/** The official files are unmodified; `overlay.json` adds what they lack, by file, as a merge patch. */
const readSpecs = (pattern: RegExp): Node[] => {
  const overlay = readJson('overlay.json')
  const files = readdirSync(folder).filter((file) => pattern.test(file))
  return files.map(
    (file) => mergePatch(readJson(file), overlay[file.replace(/(\.trim)?\.json(\.gz)?$/, '')] ?? {}) as Node,
  )
}

const once = <T>(make: () => T): (() => T) => {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}

/** GitHub's REST API: 21 operations of the official description, and those of the overlay. */
export const githubContract: () => Contract = once(() => createContract(readSpecs(/^github/)))

/** Azure DevOps' REST API 7.1 in ten areas, and the handshake of its clients from the overlay. */
export const azureContract: () => Contract = once(() => createContract(readSpecs(/^ado_/)))

/** GitLab's REST API as far as it is used here, written by hand after docs.gitlab.com. */
export const gitlabContract: () => Contract = once(() => createContract(readSpecs(/^gitlab/)))
