import { Writable } from 'node:stream'

import type { Output } from './output.ts'

/** https://github.com/sindresorhus/cli-spinners (dots); one frame every `interval` ms. */
export const spinner = { frames: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'], interval: 80 } as const

const cursor = { hide: '\u001B[?25l', show: '\u001B[?25h' } as const

export interface Live {
  /** Begins drawing; a no-op when it has begun. */
  start: () => void
  /** Writes lines that stay, above the region. */
  above: (write: () => void) => void
  /** Takes the region away, gives the cursor back and draws no more. */
  stop: () => void
}

/** log-update wants a stream; it asks for the size before every frame, so a resized terminal is followed. Some pseudo terminals say 0. */
const streamOf = (output: Output): Writable => {
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, done) => {
      output.write(String(chunk))
      done()
    },
  })
  return Object.defineProperties(stream, {
    columns: { get: () => output.columns || undefined },
    rows: { get: () => output.rows || undefined },
    isTTY: { get: () => output.isTTY },
  })
}

/**
 * The region at the bottom of a terminal that is drawn again and again.
 * log-update is loaded with the first task: a command that fails at once never pays for it.
 */
export const createLive = (stderr: Output, frame: (tick: number) => readonly string[]): Live => {
  let state: 'idle' | 'begun' | 'stopped' = 'idle'
  let log: { (text: string): void; clear: () => void } | undefined
  let timer: ReturnType<typeof setInterval> | undefined
  let tick = 0
  const showCursor = (): void => void stderr.write(cursor.show)

  const draw = (): void => {
    const lines = frame(tick)
    if (lines.length === 0) log?.clear()
    else log?.(lines.join('\n'))
  }

  const begin = async (): Promise<void> => {
    const { createLogUpdate } = await import('log-update')
    if (state === 'stopped') return
    // Its own cursor handling writes to process.stderr, whatever the stream.
    log = createLogUpdate(streamOf(stderr), { showCursor: true })
    stderr.write(cursor.hide)
    process.once('exit', showCursor)
    timer = setInterval(() => {
      tick += 1
      draw()
    }, spinner.interval)
    timer.unref()
    draw()
  }

  return {
    start: () => {
      if (state !== 'idle') return
      state = 'begun'
      // Without the library the lines still come, only nothing moves.
      begin().catch(() => undefined)
    },
    above: (write) => {
      log?.clear()
      write()
      draw()
    },
    stop: () => {
      if (state === 'stopped') return
      state = 'stopped'
      clearInterval(timer)
      if (!log) return
      log.clear()
      log = undefined
      process.removeListener('exit', showCursor)
      showCursor()
    },
  }
}
