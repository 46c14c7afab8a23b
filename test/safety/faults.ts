import { expect } from 'vitest'
import { torn, type At, type Harm } from './line.ts'
import { expectExit, isLocked, lockLife, repeats, type Story, type Telling } from './story.ts'

const refusal =
  (status: number, headers: Record<string, string> = {}): Harm =>
  async () =>
    Response.json({ error_code: `TEST_${status}`, message: 'planned by a test' }, { status, headers })

const page = '<!DOCTYPE html><html><head><title>Login - Databricks</title></head></html>'

const html: Harm = async () => new Response(page, { headers: { 'content-type': 'text/html' } })

const truncated: Harm = async (pass) => {
  const answer = await pass()
  const bytes = new Uint8Array(await answer.arrayBuffer())
  return new Response(bytes.slice(0, bytes.length >> 1), { status: answer.status, headers: answer.headers })
}

export interface Fault {
  name: string
  harm: Harm
  /** How many calls of the same method and path in a row; 1 if not given. */
  times?: number
  /** 0 stands for: absorbed. */
  exits: number[]
}

const busy = { 'retry-after': '1' }

/** A connection that was reset after the effect is the lost answer of the kill matrix. */
export const faults: readonly Fault[] = [
  { name: '429', harm: refusal(429, busy), exits: [0] },
  { name: '500', harm: refusal(500), exits: [0] },
  { name: '500 three times', harm: refusal(500), times: 3, exits: [0, 4] },
  { name: '502', harm: refusal(502), exits: [0] },
  { name: '503', harm: refusal(503), exits: [0] },
  { name: '503 three times', harm: refusal(503, busy), times: 3, exits: [0] },
  { name: '504', harm: refusal(504), exits: [0] },
  { name: 'reset before', harm: () => Promise.reject(torn()), exits: [0] },
  { name: 'truncated', harm: truncated, exits: [0] },
  { name: 'HTML 200', harm: html, exits: [4] },
  { name: '401', harm: refusal(401), exits: [5] },
  { name: '403', harm: refusal(403), exits: [0, 5] },
]

const inARow = (first: number, harm: Harm, times = 1): At => {
  let left = times
  let same: string | undefined
  return (call, label) => {
    if (call === first) same = label
    if (call < first || label !== same || left === 0) return undefined
    left -= 1
    return harm
  }
}

/** @returns the workspace if the fault was absorbed */
const ends = async (
  story: Story,
  telling: Telling,
  at: At,
  exits: readonly number[],
): Promise<{ reached: unknown } | undefined> => {
  const ran = await telling.run(at)
  expectExit(ran, ...exits)
  expect(telling.probe.broken).toEqual([])
  if (ran?.exit === 0) return { reached: await story.look(telling.workspace) }
  // A person is asked, which is no failure of the workspace.
  if (ran?.exit === 9) return undefined
  expect(ran?.stderr).toMatch(/error: .*(\/api\/2\.\d\/|workspace\.test).*\n\s+what to do: \w+/)
  return undefined
}

export const suffers = async (
  story: Story,
  call: number,
  { harm, times, exits }: Fault,
): Promise<unknown> => {
  const telling = story.retell()
  try {
    const absorbed = await ends(story, telling, inARow(call, harm, times), exits)
    // It ended in good order: nobody has to wait for a lock.
    expect(isLocked(telling)).toBe(false)
    return absorbed ? absorbed.reached : await repeats(story, telling)
  } finally {
    telling.close()
  }
}

/** From that call on the workspace says «slow down» to every call. */
export const suffersForEver = async (story: Story, call: number): Promise<unknown> => {
  const telling = story.retell()
  try {
    await ends(story, telling, (at) => (at >= call ? refusal(429, busy) : undefined), [4])
    telling.clock.advance(lockLife)
    return await repeats(story, telling)
  } finally {
    telling.close()
  }
}

/** `seen`: the run failed. `absorbed`: it did not matter. `unseen`: a green run that was not. */
export const swallows = async (story: Story, call: number): Promise<'seen' | 'absorbed' | 'unseen'> => {
  const telling = story.retell()
  try {
    const ran = await telling.run((at) => (at === call ? async () => Response.json({}) : undefined))
    if (ran?.exit !== 0) return 'seen'
    const reached = JSON.stringify(await story.look(telling.workspace)) === JSON.stringify(story.final)
    const again = await telling.run()
    return reached && again?.exit === 0 && (await telling.writes()).length === 0 ? 'absorbed' : 'unseen'
  } finally {
    telling.close()
  }
}
