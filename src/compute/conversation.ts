import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'
import type { RunningTask } from './compute.ts'

type Answer = Awaited<ReturnType<RunningTask['send']>>

interface Conversation {
  /** Pieces run one after the other, in the order of the calls. */
  send: (source: string) => Promise<Answer>
  /** The process is gone: answer everything that still waits. */
  end: (why: string) => void
}

/** The line of the harness that says that it listens; no answer to anything. */
interface Ready {
  ready: true
}

/** User code can reach the channel, too: what it writes there is nobody's answer. */
const parse = (line: string): Answer | Ready | undefined => {
  try {
    const answer: unknown = JSON.parse(line)
    return typeof answer === 'object' && answer !== null ? (answer as Answer | Ready) : undefined
  } catch {
    return undefined
  }
}

/** Commands and answers of a context, one line of JSON each, on a channel of its own: what code prints cannot break it. */
export const converse = (channel: Duplex): Conversation => {
  const waiting: ((answer: Answer) => void)[] = []
  let ended: string | undefined
  const lost = (why: string): Answer => ({ ok: false, text: '', summary: why })
  const lines = createInterface({ input: channel })
  // The process was killed: its exit says so.
  lines.on('error', () => undefined)
  lines.on('line', (line) => {
    const answer = parse(line)
    if (answer !== undefined && !('ready' in answer)) waiting.shift()?.(answer)
  })
  return {
    send: async (source) => {
      if (ended !== undefined) return lost(ended)
      return await new Promise((resolve) => {
        waiting.push(resolve)
        channel.write(`${JSON.stringify({ source })}\n`)
      })
    },
    end: (why) => {
      ended ??= why
      for (const resolve of waiting.splice(0)) resolve(lost(ended))
    },
  }
}
