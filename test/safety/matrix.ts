import { describe, expect, it } from 'vitest'
import { deaths, dies, loses } from './deaths.ts'
import { faults, suffers, suffersForEver, swallows, type Fault } from './faults.ts'
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

/** What may become of one call of a run that is killed, or that loses an answer. */
const ends = [
  { name: 'killed before', meet: (story: Story, call: number) => dies(story, call, deaths.before) },
  { name: 'killed after', meet: (story: Story, call: number) => dies(story, call, deaths.after) },
  { name: 'answer lost of', meet: loses },
]

/** A death before and after every call, and every answer lost, or one of `step` of them: every call has its turn all the same. */
export const killMatrix = (stories: readonly Story[], { step = 1 }: { step?: number } = {}): void =>
  describe.for(stories)('$scenario.name', (story) => {
    const cases = ends.flatMap((end, kind) =>
      callsOf(story)
        .filter((_, index) => (index + kind) % step === 0)
        .map((one) => ({ ...one, ...end })),
    )
    it.for(cases)('$name call $number, $call', async ({ number, meet }) =>
      expect(await meet(story, number)).toEqual(story.final),
    )
  })

/** Writes that nothing reads back: the record stays open, and others wait for its lock to end. */
const unseen = /import .*\.brickrail.*last$/

/** A proxy that answers 200 and does nothing must not make a run green. */
export const swallowMatrix = (stories: readonly Story[]): void =>
  describe.for(stories)('$scenario.name', (story) => {
    it.for(callsOf(story).filter(({ call }) => !call.startsWith('GET ')))(
      'a write that is answered 200 {} and never done: call $number, $call',
      async ({ number, call }) => {
        const name = number === story.calls.length ? `${call} last` : call
        const known = unseen.test(name)
        expect(await swallows(story, number)).toBeOneOf(known ? ['unseen'] : ['seen', 'absorbed'])
      },
    )
  })
