import { describe, expect, it } from 'vitest'
import { faults, suffers, suffersForEver } from './faults.ts'
import { callsOf, tellAll } from './story.ts'

/** What comes in a row is told in fault-blue-green, which has every kind of call. */
const single = faults.filter(({ times }) => times === undefined)

describe.for(await tellAll(['first deploy', 'edit']))('$scenario.name', (story) => {
  it.for(single.flatMap((fault) => callsOf(story).map((one) => ({ ...one, name: fault.name, fault }))))(
    '$name at call $number, $call',
    async ({ number, fault }) => expect(await suffers(story, number, fault)).toEqual(story.final),
  )

  it.for(callsOf(story))('429 for ever from call $number, $call', async ({ number }) =>
    expect(await suffersForEver(story, number)).toEqual(story.final),
  )
})
