import type { EndpointTable, InputOf, OutputOf } from '../../wire/endpoint.ts'
import type { ClockMode } from './clock.ts'
import type { Principal } from './principals.ts'
import type { Loose } from './read.ts'
import type { Site } from './site.ts'
import type { Store } from './store.ts'
import type { StoredFile } from './stored-file.ts'

export type Face = 'databricks' | 'mlflow'

/** What a handler may know of the request beside its input. It runs in one immediate transaction. */
export interface Call {
  readonly db: Store
  readonly site: Site
  readonly mode: ClockMode
  /** One request, one moment: ms since 1970. */
  readonly now: number
  readonly me: Principal
  /** To tell API versions apart where they differ. */
  readonly path: string
  /** Who is spoken to: the Databricks workspace, or the plain MLflow server that it serves below `/mlflow` (see mlflow.ts). */
  readonly face: Face
  /** Scheme and host as the client wrote them: for links. */
  readonly origin: string
  /** Headers of the answer. */
  readonly headers: Record<string, string>
}

export type Bytes = Uint8Array<ArrayBuffer>

// oxlint-disable-next-line typescript/no-generated-empty-object-type -- some inputs have no fields
export type Handler<In, Out> = (input: Loose<In>, call: Call) => Out | Bytes | StoredFile

/** One handler per row of an endpoint table; a missing one does not compile. Bytes and files are answered as they are. */
export type Handlers<T extends EndpointTable> = {
  readonly [Key in keyof T]: Handler<InputOf<T[Key]>, OutputOf<T[Key]>>
}
