/** The line between a run and its workspace, on which a test can do harm at the n-th call. */
export interface Line {
  fetch: typeof globalThis.fetch
  /** Calls so far, as `POST /path`, in the order in which they came. */
  calls: string[]
  /** Resolves once the process is dead and all that it had sent has arrived. */
  died: Promise<void>
}

/** Passes the request on and returns its answer. */
export type Pass = () => Promise<Response>

/** What happens to one call. After `die` the caller gets no answer, whatever is returned. */
export type Harm = (pass: Pass, die: () => void) => Promise<Response>

/** The harm at a call, counted from 1. */
export type At = (call: number, label: string) => Harm | undefined

export interface LineOptions {
  fetch: typeof globalThis.fetch
  at?: At
  /** Looks at the workspace after each call that arrived. */
  look?: (call: string) => void
}

/** Changes nothing. A look at a cluster does: a state that was shown may pass. */
const treeRead = 'GET /api/2.0/workspace'

/** The workspace path that a call is about, if any. */
const subject = (url: URL, body: RequestInit['body']): string => {
  const path: unknown =
    body instanceof Uint8Array
      ? /name="path"\r\n\r\n(.*?)\r\n/.exec(Buffer.from(body).toString('latin1'))?.[1]
      : typeof body === 'string'
        ? JSON.parse(body).path
        : url.searchParams.get('path')
  return typeof path === 'string' ? ` ${path}` : ''
}

const labelOf = (input: Parameters<typeof fetch>[0], init: RequestInit | undefined): string => {
  const url = new URL(input instanceof Request ? input.url : input)
  return `${init?.method ?? 'GET'} ${url.pathname}${subject(url, init?.body)}`
}

/** One call at a time, in the order in which they came: the same story every time. */
export const createLine = ({ fetch, at, look }: LineOptions): Line => {
  const calls: string[] = []
  const frozen = new Promise<never>(() => undefined)
  let queue: Promise<unknown> = Promise.resolve()
  let dead = false
  let buried: () => void = () => undefined
  const died = new Promise<void>((resolve) => (buried = resolve))
  const die = () => {
    dead = true
    // What was sent before death still arrives.
    void queue.then(() => buried())
  }
  const inTurn = (work: () => Promise<Response>): Promise<Response> => {
    const turn = queue.then(work)
    queue = turn.catch(() => undefined)
    return turn
  }
  return {
    calls,
    died,
    fetch: async (input, init) => {
      if (dead) return await frozen
      const label = labelOf(input, init)
      calls.push(label)
      const harm = at?.(calls.length, label)
      const pass = async () => {
        const response = await fetch(input, init)
        if (!label.startsWith(treeRead)) look?.(label)
        return response
      }
      try {
        const answer = await inTurn(() => (harm ? harm(pass, die) : pass()))
        return dead ? await frozen : answer
      } catch (error) {
        if (dead) return await frozen
        throw error
      }
    },
  }
}

/** As undici does when the other side tears the connection. */
export const torn = (): TypeError =>
  new TypeError('fetch failed', {
    cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
  })
