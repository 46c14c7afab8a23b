/** One run, the same on both servers. */
export interface BenchRun {
  name: string
  /** ms since 1970; no two are equal, so that the order is one. */
  started: number
  metrics: Record<string, number>
  params: Record<string, string>
  tags: Record<string, string>
}

/** The same numbers each time: a linear congruential generator (Numerical Recipes). */
const generator = () => {
  let state = 42
  return (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const named = <Value>(prefix: string, count: number, value: () => Value): Record<string, Value> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, value()]))

/** So many runs of 5 metrics, 5 params (of 20 values each) and 3 tags (of 10). */
export const benchRuns = (count: number): BenchRun[] => {
  const next = generator()
  const oneOf = (size: number) => () => `v${Math.floor(next() * size)}`
  return Array.from({ length: count }, (_, index) => ({
    name: `run-${String(index).padStart(5, '0')}`,
    started: 1_700_000_000_000 + index * 1000,
    metrics: named('m', 5, next),
    params: named('p', 5, oneOf(20)),
    tags: named('t', 3, oneOf(10)),
  }))
}

export interface Query {
  what: string
  /** Of the request, beside the experiment. */
  search: { filter?: string; order_by?: readonly string[]; max_results: number }
  /** Pages to ask for; default 1. */
  pages?: number
}

const first = (what: string, filter?: string, order?: string): Query => ({
  what,
  search: {
    max_results: 100,
    ...(filter === undefined ? {} : { filter }),
    ...(order === undefined ? {} : { order_by: [order] }),
  },
})

export const queries: readonly Query[] = [
  first('newest 100'),
  first('metric and param, ordered by a metric', "metrics.m0 < 0.5 and params.p0 = 'v3'", 'metrics.m1 ASC'),
  first('ordered by a metric', undefined, 'metrics.m1 DESC'),
  first('two tags', "tags.t0 = 'v1' and tags.t1 = 'v2'"),
  first('name LIKE', "attributes.run_name LIKE 'run-07%'"),
  first('param LIKE', "params.p1 LIKE '%7'"),
  first('nothing matches', "params.p2 = 'absent'"),
  { what: 'all, 10 pages of 1,000', search: { max_results: 1000 }, pages: 10 },
]
