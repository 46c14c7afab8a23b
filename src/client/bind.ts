import type { Call } from '../http/call.ts'
import type { EndpointTable, InputOf, OutputOf } from '../wire/endpoint.ts'

/** One method per row of an endpoint table. */
export type Bound<T extends EndpointTable> = {
  readonly [Key in keyof T]: (input: InputOf<T[Key]>) => Promise<OutputOf<T[Key]>>
}

/** The table as methods. Adding an endpoint to `wire/` is all that a client needs. */
export const bind = <T extends EndpointTable>(call: Call, table: T): Bound<T> =>
  Object.fromEntries(
    Object.entries(table).map(([name, endpoint]) => [name, (input: unknown) => call(endpoint, input)]),
  ) as Bound<T>
