import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { stopOnSignals } from '../../src/cli/world.ts'

type Sent = [signal: 'SIGINT' | 'SIGTERM', at: number]

it.each<[string, Sent[], number[], string]>([
  ['one', [['SIGINT', 0]], [], 'stopped by SIGINT'],
  [
    'one Ctrl-C that comes twice',
    [
      ['SIGINT', 0],
      ['SIGINT', 100],
    ],
    [],
    'stopped by SIGINT',
  ],
  [
    'two kinds of one wish',
    [
      ['SIGTERM', 0],
      ['SIGINT', 999],
    ],
    [],
    'stopped by SIGTERM',
  ],
  [
    'an impatient second one',
    [
      ['SIGINT', 0],
      ['SIGINT', 100],
      ['SIGINT', 1000],
    ],
    [4],
    'stopped by SIGINT',
  ],
])('%s', (_name, sent, exits, why) => {
  const signals = new EventEmitter()
  const seen: { exits: number[]; said: string[] } = { exits: [], said: [] }
  let time = 0
  const stop = stopOnSignals({
    on: (signal, then) => signals.on(signal, then),
    exit: (code) => seen.exits.push(code),
    say: (text) => seen.said.push(text),
    now: () => time,
  })
  for (const [signal, at] of sent) {
    time = at
    signals.emit(signal)
  }
  expect(seen.exits).toEqual(exits)
  expect(seen.said.map((text) => text.trim())).toEqual(
    exits.map(
      () => 'stopped at once by a second SIGINT: what was under way may go on, in the workspace as well',
    ),
  )
  expect((stop.reason as Error).message).toContain(why)
})
