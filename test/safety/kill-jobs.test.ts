import { describe, expect, it } from 'vitest'
import { killMatrix } from './matrix.ts'
import { tellAll } from './story.ts'

const stories = await tellAll(['new jobs', 'changed jobs'])

/** Nothing doubled, nothing lost: what was there keeps its id, and with it its runs. */
describe.for(stories)('$scenario.name', (story) => {
  it('ends with every declared job once', () => {
    const names = story.final.jobs.map(({ settings }) => (settings as { name: string }).name)
    expect(names).toEqual(story.scenario.name === 'new jobs' ? ['Score', 'Train'] : ['Train'])
  })
})

// Every third one, for the time that `npm test` has; all of them are in test/conformance/kill-matrix.test.ts.
killMatrix(stories, { step: 3 })
