/** JSON as it travels. int64 values beyond 2^53 arrive as bigint (see http/json.ts). */
export type Json = null | boolean | number | bigint | string | Json[] | { [key: string]: Json }

/** An int64 on the wire: a number where it is exact, a bigint where it is not. */
export type Int64 = number | bigint

/**
 * What may be done when it is unknown whether a call took effect:
 * - `read`: it changes nothing, so send it again;
 * - `safe`: sent twice it leaves the same state (PUT-like, or a repeat is a no-op), so send it again;
 * - `once`: a repeat could do it twice; the caller looks for its marker before it tries again.
 */
export type Repeat = 'read' | 'safe' | 'once'

/** How the input travels, apart from fields named in the path. */
export type InputAs = 'query' | 'json' | 'multipart' | 'bytes'

export interface Endpoint<In, Out> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `{name}` segments are taken from the input; `{name*}` may hold slashes. */
  readonly path: string
  readonly repeat: Repeat
  readonly input: InputAs
  /** `bytes`: the answer is raw, not JSON. */
  readonly output: 'json' | 'bytes'
  /** Older API versions that a server answers too, by the same handler: `/api/2.0/...`. */
  readonly alsoAt: readonly string[]
  /** Fields of the path that a JSON body must name once more. */
  readonly inBody: readonly string[]
  /** Phantom: carries the types, never a value. */
  readonly types?: { in: In; out: Out }
}

export type AnyEndpoint = Endpoint<unknown, unknown>
export type EndpointTable = Readonly<Record<string, AnyEndpoint>>
export type InputOf<E> = E extends Endpoint<infer In, unknown> ? In : never
export type OutputOf<E> = E extends Endpoint<unknown, infer Out> ? Out : never

type Options = Partial<Pick<Endpoint<unknown, unknown>, 'repeat' | 'input' | 'output' | 'alsoAt' | 'inBody'>>

/** One row of an endpoint table. GET defaults to a repeatable query, everything else to JSON sent once. */
export const endpoint = <In, Out>(
  method: Endpoint<In, Out>['method'],
  path: string,
  options: Options = {},
): Endpoint<In, Out> => ({
  method,
  path,
  repeat: options.repeat ?? (method === 'GET' ? 'read' : 'once'),
  input: options.input ?? (method === 'GET' || method === 'DELETE' ? 'query' : 'json'),
  output: options.output ?? 'json',
  alsoAt: options.alsoAt ?? [],
  inBody: options.inBody ?? [],
})

/** The answer `{}`. */
export type Empty = Record<string, never>
