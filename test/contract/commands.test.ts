import { describe, expect, it } from 'vitest'
import { systemClock as clock } from '../../src/http/clock.ts'
import { poll } from '../../src/http/poll.ts'
import type { ContextStatus } from '../../src/wire/commands.ts'
import { nodeCompute } from '../emulator/context-at.ts'
import { computeOf } from './compute.ts'
import { exercisesEveryEndpointOf } from './coverage.ts'
import { costly, open, real, refused } from './subject.ts'

const subject = await open(undefined, real ? {} : { compute: nodeCompute() })
const { commands } = subject.client
const compute = computeOf(subject)

const pace = real
  ? { firstMs: 1000, maxMs: 5000, timeoutMs: 600_000 }
  : { firstMs: 10, maxMs: 50, timeoutMs: 20_000 }

interface InContext {
  clusterId: string
  contextId: string
}

const waitFor = async <T extends string>(
  read: () => Promise<T>,
  done: readonly T[],
  what: string,
): Promise<T[]> => {
  const seen: T[] = []
  await poll({
    read: async () => {
      const status = await read()
      if (seen.at(-1) !== status) seen.push(status)
      return status
    },
    done: (status) => done.includes(status),
    state: (status) => status,
    what,
    hint: 'look at the driver log of the cluster',
    clock,
    ...pace,
  })
  return seen
}

const contextEnds = (at: InContext, ends: readonly ContextStatus[]) =>
  waitFor(async () => (await commands.contextStatus(at)).status, ends, 'the context')

const newContext = async (): Promise<InContext> => {
  const clusterId = await compute.shared('RUNNING')
  const { id: contextId } = await commands.createContext({ clusterId, language: 'python' })
  subject.undo(() => subject.setup.commands.destroyContext({ clusterId, contextId }))
  return { clusterId, contextId }
}

const execute = async (at: InContext, command: string) => {
  const { id: commandId } = await commands.execute({ ...at, language: 'python', command })
  return { ...at, commandId }
}

const ended = async (of: InContext & { commandId: string }) => {
  const read = async () => (await commands.status(of)).status
  const seen = await waitFor(read, ['Finished', 'Error', 'Cancelled'], 'the command')
  const { id, ...last } = await commands.status(of)
  expect(id).toBe(of.commandId)
  return { ...last, seen }
}

describe.skipIf(costly)('an execution context', () => {
  it('begins, keeps what commands leave in it, and is destroyed', async () => {
    const at = await newContext()
    const states = await contextEnds(at, ['Running', 'Error'])
    // A real one may be quicker than the first look.
    expect(real ? ['Pending', ...states.slice(-1)] : states).toEqual(['Pending', 'Running'])
    const first = await ended(await execute(at, 'x = 6'))
    expect(first).toMatchObject({ status: 'Finished', results: { resultType: 'text' } })
    const second = await ended(await execute(at, 'print(x * 7)'))
    expect(second.seen.length).toBeGreaterThan(real ? 0 : 1)
    expect(second.results?.data?.trim()).toBe('42')
    expect(await commands.destroyContext(at)).toEqual({ id: at.contextId })
    expect((await refused(commands.contextStatus(at))).status).toBeGreaterThanOrEqual(400)
  })

  it('runs what was sent before it was ready, one after the other', async () => {
    const at = await newContext()
    const sent = []
    for (const command of ['x = 1', 'x = x + 1', 'print(x)']) sent.push(await execute(at, command))
    const all = await Promise.all(sent.map(ended))
    expect(all.map(({ status }) => status)).toEqual(['Finished', 'Finished', 'Finished'])
    expect(all.at(-1)?.results?.data?.trim()).toBe('2')
  })

  it('is apart from another one', async () => {
    const [one, other] = [await newContext(), await newContext()]
    await ended(await execute(one, 'mine = 1'))
    const { results } = await ended(await execute(other, 'print(mine)'))
    expect(results?.resultType).toBe('error')
  })
})

describe.skipIf(costly)('a command', () => {
  it('that fails is finished, with an error as its result', async () => {
    const { status, results } = await ended(await execute(await newContext(), 'undefined_name'))
    expect([status, results?.resultType]).toEqual(['Finished', 'error'])
    expect(`${results?.summary}${results?.cause}`).toMatch(/undefined_name.* is not defined/)
  })

  it('is cancelled, and the context goes on', async () => {
    const at = await newContext()
    await ended(await execute(at, 'x = 3'))
    const long = await execute(at, 'import time; time.sleep(600)')
    await waitFor(async () => (await commands.status(long)).status, ['Running'], 'the command to run')
    expect(await commands.cancel(long)).toEqual({ id: long.commandId })
    expect((await ended(long)).status).toBe('Cancelled')
    expect((await ended(await execute(at, 'print(x)'))).results?.data?.trim()).toBe('3')
  })
})

describe.skipIf(costly)('what is not there', () => {
  it.each(['contextStatus', 'destroyContext'] as const)(
    'is refused by %s in the words of API 1.2',
    async (name) => {
      const clusterId = await compute.shared('RUNNING')
      const refusal = await refused(commands[name]({ clusterId, contextId: '404' }))
      expect([refusal.status >= 400, refusal.apiMessage.length > 0]).toEqual([true, true])
    },
  )

  it('a command of that id', async () => {
    const at = await newContext()
    expect((await refused(commands.status({ ...at, commandId: '404' }))).status).toBeGreaterThanOrEqual(400)
  })
})

exercisesEveryEndpointOf('commands', subject)
