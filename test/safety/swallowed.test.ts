import { describe, expect, it } from 'vitest'
import { swallows } from './faults.ts'
import { callsOf, tellAll } from './story.ts'

/** Writes that nothing reads back: a proxy that swallows them goes unseen in that run. */
const unseen: readonly { call: RegExp; because: string }[] = [
  { call: /import .*\.brickrail.*last$/, because: 'the record stays open: others wait for the lock to end' },
  { call: /delete \S+\/(Tiny|data|notebooks|lib|deep)$/, because: 'an empty folder is left' },
  { call: /clusters\/pin$/, because: 'a pin more or less changes nothing that runs' },
  { call: /permanent-delete$/, because: 'removal is asynchronous; the next deploy removes it as a leftover' },
]

const told = await tellAll([
  'first deploy',
  'edit',
  'resize',
  'blue-green',
  'destroy',
  'library removal',
  'terminated cluster',
  'changed types',
])

describe.for(told)('$scenario.name', (story) => {
  it.for(callsOf(story).filter(({ call }) => !call.startsWith('GET ')))(
    'a write that is answered 200 {} and never done: call $number, $call',
    async ({ number, call }) => {
      const name = number === story.calls.length ? `${call} last` : call
      const known = unseen.some((one) => one.call.test(name))
      expect(await swallows(story, number)).toBeOneOf(known ? ['unseen'] : ['seen', 'absorbed'])
    },
  )
})
