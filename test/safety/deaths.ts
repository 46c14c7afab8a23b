import { expect } from 'vitest'
import { fingerprint } from './fingerprint.ts'
import { torn, type Harm } from './line.ts'
import { converges, expectExit, isLocked, lockLife, type Story } from './story.ts'

/** The process dies at one call; calls that were on their way arrive before the death of `before`, not of `after`. */
export const deaths: Readonly<Record<'before' | 'after', Harm>> = {
  before: async (_, die) => {
    die()
    return Response.error()
  },
  after: async (pass, die) => {
    const answer = await pass()
    die()
    return answer
  },
}

const lost: Harm = async (pass) => {
  await pass()
  throw torn()
}

/** While the lock of the dead lives, others are told so and change nothing; then the same command goes on. */
export const dies = async (story: Story, call: number, harm: Harm): Promise<unknown> => {
  const telling = story.retell()
  try {
    const first = await telling.run((at) => (at === call ? harm : undefined))
    if (first) throw new Error(`it came to an end: ${first.stderr}`)
    expect(telling.probe.broken).toEqual([])
    // Most calls read: the state after one that was proven to converge is not proven again.
    const state = fingerprint(telling.workspace.store)
    if (story.proven.has(state)) return story.final
    if (isLocked(telling)) {
      const busy = await telling.run()
      expectExit(busy, 6)
      expect(await telling.writes()).toEqual([])
    }
    telling.clock.advance(lockLife)
    const reached = await converges(story, telling)
    story.proven.add(state)
    return reached
  } finally {
    telling.close()
  }
}

/** The run goes on by itself to the same end. */
export const loses = async (story: Story, call: number): Promise<unknown> => {
  const telling = story.retell()
  try {
    const ran = await telling.run((at) => (at === call ? lost : undefined))
    expectExit(ran, 0)
    expect(telling.probe.broken).toEqual([])
    return await story.look(telling.workspace)
  } finally {
    telling.close()
  }
}
