import { describe, expect, it } from 'vitest'
import { faults, suffers, suffersForEver, type Fault } from './faults.ts'
import { callsOf, type Story } from './story.ts'

/**
 * Every kind of fault at every call of a story, or one of `step` of them: each kind and each call has its turn all the same,
 * because the kinds begin at different calls.
 */
export const faultMatrix = (
  stories: readonly Story[],
  { kinds = faults, step = 1 }: { kinds?: readonly Fault[]; step?: number } = {},
): void =>
  describe.for(stories)('$scenario.name', (story) => {
    const calls = callsOf(story)
    const cases = kinds.flatMap((fault, kind) =>
      calls
        .filter((_, index) => (index + kind) % step === 0)
        .map((one) => ({ ...one, name: fault.name, fault })),
    )
    it.for(cases)('$name at call $number, $call', async ({ number, fault }) =>
      expect(await suffers(story, number, fault)).toEqual(story.final),
    )

    it.for(calls.filter((_, index) => index % step === 0))(
      '429 for ever from call $number, $call',
      async ({ number }) => expect(await suffersForEver(story, number)).toEqual(story.final),
    )
  })
