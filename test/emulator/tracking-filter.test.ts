import { describe, expect, it } from 'vitest'
import { globOf } from '../../src/emulator/mlflow/filter-sql.ts'
import { parseFilter } from '../../src/emulator/mlflow/filter.ts'
import { parseOrder } from '../../src/emulator/mlflow/order.ts'
import { Refused } from '../../src/emulator/server/refused.ts'
import { experimentGrammar, modelGrammar, runGrammar } from '../../src/emulator/tracking/grammars.ts'
import { refusedFilters } from '../contract/tracking-filters.ts'

const errorOf = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}

const refusedBy = (work: () => unknown): string => {
  const error = errorOf(work)
  return error instanceof Refused ? `${error.status} ${error.errorCode}` : 'accepted'
}

const clause = (entity: string, key: string, operator: string, value: unknown) => ({
  entity,
  key,
  operator,
  value,
})

describe('a filter of runs', () => {
  it.each([
    ['metrics.rmse < 0.5', [clause('metric', 'rmse', '<', 0.5)]],
    ['metric.a=-1.5e3', [clause('metric', 'a', '=', -1500)]],
    ["params.`my param` = 'x'", [clause('param', 'my param', '=', 'x')]],
    ['tags."mlflow.source.name" ilike "%py"', [clause('tag', 'mlflow.source.name', 'ILIKE', '%py')]],
    ['tags.a.b.c IS NOT NULL', [clause('tag', 'a.b.c', 'IS NOT NULL', undefined)]],
    ['run_id not in (\'a\', "b",)', [clause('attribute', 'run_id', 'NOT IN', ['a', 'b'])]],
    [
      "attr.status='FINISHED' and datasets.name LIKE 'p%'",
      [clause('attribute', 'status', '=', 'FINISHED'), clause('dataset', 'name', 'LIKE', 'p%')],
    ],
    // A quote cannot be escaped: it stays as it was written.
    ["tags.a = 'it''s'", [clause('tag', 'a', '=', "it''s")]],
    ['', []],
  ])('%s', (filter, expected) => {
    expect(parseFilter(filter, runGrammar)).toEqual(expected)
  })

  it.each(refusedFilters)('is refused: %s', (filter) => {
    expect(refusedBy(() => parseFilter(filter, runGrammar))).toBe('400 INVALID_PARAMETER_VALUE')
  })

  it('may not use what objects inherit', () => {
    for (const filter of ["constructor = 'x'", "__proto__.a = 'x'", "toString.a = 'x'"])
      expect(refusedBy(() => parseFilter(filter, runGrammar))).toBe('400 INVALID_PARAMETER_VALUE')
  })

  it('takes no longer for a long nonsense', () => {
    const before = performance.now()
    for (const part of ["\\'", '`', '"', 'a.', '((', "''"])
      expect(refusedBy(() => parseFilter(`tags.a = '${part.repeat(20_000)}`, runGrammar))).not.toBe('')
    expect(performance.now() - before).toBeLessThan(2000)
  })
})

describe('a filter of experiments and of models', () => {
  it('has fields of its own', () => {
    expect(parseFilter("experiment_id IN ('1')", experimentGrammar)).toEqual([
      clause('attribute', 'experiment_id', 'IN', ['1']),
    ])
    expect(parseFilter("tags.`a b` IN ('1')", modelGrammar)).toEqual([clause('tag', 'a b', 'IN', ['1'])])
    expect(refusedBy(() => parseFilter("run_id = 'x'", experimentGrammar))).toMatch(/^400/)
    expect(refusedBy(() => parseFilter("experiment_id LIKE '1%'", experimentGrammar))).toMatch(/^400/)
    expect(refusedBy(() => parseFilter("tag.a = 'x'", modelGrammar))).toMatch(/^400/)
  })
})

describe('an order of runs', () => {
  it.each([
    ['metrics.rmse', 'metric', 'rmse', true],
    ['metrics.rmse DESC', 'metric', 'rmse', false],
    ['params.`my param` asc', 'param', 'my param', true],
    ['tags."a.b c" Desc', 'tag', 'a.b c', false],
    ['`metrics.rmse` desc', 'metric', 'rmse', false],
    ['start_time', 'attribute', 'start_time', true],
  ])('%s', (term, entity, key, ascending) => {
    expect(parseOrder([term], runGrammar)).toEqual([{ entity, key, ascending }])
  })

  it('has every field once', () => {
    expect(refusedBy(() => parseOrder(['start_time', 'start_time DESC'], runGrammar))).toBe(
      '500 INTERNAL_ERROR',
    )
  })

  it.each(['', 'rmse', 'metrics.rmse UP', 'metrics.rmse DESC LAST', 'dataset.name', 'x.y'])(
    'is refused: «%s»',
    (term) => {
      expect(refusedBy(() => parseOrder([term], runGrammar))).toBe('400 INVALID_PARAMETER_VALUE')
    },
  )
})

it.each([
  ['50%', '50*'],
  ['a_c', 'a?c'],
  ['[x]*?', '[[]x][*][?]'],
  ['plain', 'plain'],
])('LIKE %s is GLOB %s', (pattern, glob) => {
  expect(globOf(pattern)).toBe(glob)
})
