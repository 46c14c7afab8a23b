import { describe, expect, it } from 'vitest'
import { faults, suffers, suffersForEver } from './faults.ts'
import { callsOf, tellAll } from './story.ts'

describe.for(await tellAll(['blue-green']))('$scenario.name', (story) => {
  it.for(faults.flatMap((fault) => callsOf(story).map((one) => ({ ...one, name: fault.name, fault }))))(
    '$name at call $number, $call',
    async ({ number, fault }) => expect(await suffers(story, number, fault)).toEqual(story.final),
  )

  it.for(callsOf(story))('429 for ever from call $number, $call', async ({ number }) =>
    expect(await suffersForEver(story, number)).toEqual(story.final),
  )
})
