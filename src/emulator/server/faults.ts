import { setTimeout as sleep } from 'node:timers/promises'
import { json } from './router.ts'

/**
 * One planned fault, as posted to /_emulator/faults. It hits requests of `method` (default: any) whose path matches:
 * with `*` a glob over the whole path, else a prefix. The first `skip` of them pass, the next `times` (default 1;
 * 0: all) are hit.
 */
export interface Fault {
  method?: string
  path?: string
  /** Answer this instead of handling the request. */
  status?: number
  headers?: Record<string, string>
  /** JSON body (or text) of that answer. */
  body?: unknown
  times?: number
  skip?: number
  /** Tear the connection: without any effect, or after the effect happened. */
  drop?: 'before' | 'after'
  delay_ms?: number
  /** Handle the request, then send half of the answer. */
  truncate?: boolean
  /** Answer an HTML login page, status 200 unless `status` says otherwise. */
  html?: boolean
  /** With `status` or `html`: handle the request first, then answer the fault. */
  after?: boolean
}

/** The connection is to be torn. */
export class Torn extends Error {}

const page = '<!DOCTYPE html><html><head><title>Login - Databricks</title></head><body>Sign in</body></html>'

const codes: Record<number, string> = {
  400: 'INVALID_PARAMETER_VALUE',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'RESOURCE_DOES_NOT_EXIST',
  409: 'RESOURCE_CONFLICT',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL_ERROR',
  501: 'NOT_IMPLEMENTED',
  503: 'TEMPORARILY_UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

const glob = (path: string): RegExp =>
  new RegExp(`^${path.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`)

const hits = (fault: Fault, method: string, path: string): boolean =>
  (fault.method === undefined || fault.method === '*' || fault.method.toUpperCase() === method) &&
  (fault.path === undefined ||
    (fault.path.includes('*') ? glob(fault.path).test(path) : path.startsWith(fault.path)))

const planned = (fault: Fault): Response | undefined => {
  const headers = fault.headers ?? {}
  if (fault.html === true)
    return new Response(page, {
      status: fault.status ?? 200,
      headers: { 'content-type': 'text/html', ...headers },
    })
  if (fault.status === undefined) return undefined
  if (typeof fault.body === 'string') return new Response(fault.body, { status: fault.status, headers })
  const message = 'Planned by /_emulator/faults'
  const body = fault.body ?? { error_code: codes[fault.status] ?? 'UNKNOWN', message }
  return json(body, fault.status, headers)
}

const half = async (response: Response): Promise<Response> => {
  const bytes = new Uint8Array(await response.arrayBuffer())
  const { status, headers } = response
  return new Response(bytes.slice(0, Math.max(1, bytes.length >> 1)), { status, headers })
}

export interface Faults {
  list(): readonly Fault[]
  add(fault: Fault): void
  clear(): void
  /** Handle one request under the first fault that hits it. @throws Torn */
  pass(method: string, path: string, handle: () => Promise<Response>): Promise<Response>
}

const suffer = async (fault: Fault, handle: () => Promise<Response>): Promise<Response> => {
  if (fault.delay_ms !== undefined) await sleep(fault.delay_ms)
  if (fault.drop === 'before') throw new Torn()
  const instead = planned(fault)
  if (instead !== undefined && fault.after !== true) return instead
  const response = await handle()
  if (fault.drop === 'after') throw new Torn()
  if (instead !== undefined) return instead
  return fault.truncate === true ? await half(response) : response
}

/** Faults live in memory, with the process that was asked for them. */
export const createFaults = (): Faults => {
  let faults: Fault[] = []
  const take = (method: string, path: string): Fault | undefined => {
    for (const fault of faults) {
      if (!hits(fault, method, path)) continue
      if ((fault.skip ?? 0) > 0) {
        fault.skip = (fault.skip ?? 0) - 1
        continue
      }
      if (fault.times === 0) return fault
      fault.times = (fault.times ?? 1) - 1
      if (fault.times === 0) faults = faults.filter((other) => other !== fault)
      return fault
    }
    return undefined
  }
  return {
    list: () => faults,
    add: (fault) => void faults.push({ ...fault }),
    clear: () => void (faults = []),
    pass: async (method, path, handle) => {
      const fault = take(method, path)
      return fault === undefined ? await handle() : await suffer(fault, handle)
    },
  }
}
