import { describe, expect, it } from 'vitest'
import { deaths, dies, loses } from './deaths.ts'
import { callsOf, tellAll } from './story.ts'

describe.for(await tellAll(['blue-green', 'recreate', 'rollback']))('$scenario.name', (story) => {
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
