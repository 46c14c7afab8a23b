import type { Endpoint } from '../wire/endpoint.ts'
import type { Call } from './call.ts'

interface Paged {
  next_page_token?: string
}

/**
 * All items of a paged list, in order; an absent list field is an empty list.
 * @throws whatever the call throws
 */
export const pages = async <In extends { page_token?: string }, Out extends Paged, Key extends keyof Out>(
  call: Call,
  endpoint: Endpoint<In, Out>,
  input: In,
  items: Key,
): Promise<NonNullable<Out[Key]>> => {
  const all: unknown[] = []
  for (let token: string | undefined; ;) {
    const page = await call(endpoint, token === undefined ? input : { ...input, page_token: token })
    const found = page[items]
    if (Array.isArray(found)) all.push(...found)
    // An empty token ends the list too: the Jobs API answers "" on its last page.
    if (!page.next_page_token || page.next_page_token === token) return all as NonNullable<Out[Key]>
    token = page.next_page_token
  }
}
