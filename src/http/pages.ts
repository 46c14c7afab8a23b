import type { Endpoint } from '../wire/endpoint.ts'
import type { Call } from './call.ts'

interface Paged {
  next_page_token?: string
}

/**
 * All items of what is answered in pages, in order; an absent list is an empty one, and a page may be empty before the last.
 * @param ask given what to add to the input, and how many items there are so far
 * @param most ends it early
 * @throws whatever `ask` throws
 */
export const pagesBy = async <Out extends Paged, Item>(
  ask: (next: { page_token?: string }, soFar: number) => Promise<Out>,
  itemsOf: (page: Out) => readonly Item[] | undefined,
  most = Infinity,
): Promise<Item[]> => {
  const all: Item[] = []
  for (let token: string | undefined; ;) {
    const page = await ask(token === undefined ? {} : { page_token: token }, all.length)
    all.push(...(itemsOf(page) ?? []))
    const next = page.next_page_token
    // An empty token ends the list too: the Jobs API answers "" on its last page.
    if (!next || next === token || all.length >= most) return all
    token = next
  }
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
  const found = await pagesBy<Out, unknown>(
    (next) => call(endpoint, { ...input, ...next }),
    ({ [items]: list }) => (Array.isArray(list) ? list : []),
  )
  return found as NonNullable<Out[Key]>
}
