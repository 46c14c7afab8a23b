import { describe, expect, it } from 'vitest'
import { deaths, dies, loses } from './deaths.ts'
import { callsOf, tellAll } from './story.ts'

/** Nothing doubled, nothing lost: what was there keeps its id, and with it its runs. */
describe.for(await tellAll(['new jobs', 'changed jobs']))('$scenario.name', (story) => {
  it('ends with every declared job once', () => {
    const names = story.final.jobs.map(({ settings }) => (settings as { name: string }).name)
    expect(names).toEqual(story.scenario.name === 'new jobs' ? ['Score', 'Train'] : ['Train'])
  })

  it.for(callsOf(story))('killed before call $number, $call', async ({ number }) => {
    expect(await dies(story, number, deaths.before)).toEqual(story.final)
  })

  it.for(callsOf(story))('killed after call $number, $call', async ({ number }) => {
    expect(await dies(story, number, deaths.after)).toEqual(story.final)
  })

  it.for(callsOf(story))('answer lost of call $number, $call', async ({ number }) => {
    expect(await loses(story, number)).toEqual(story.final)
  })
})
