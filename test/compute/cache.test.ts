import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openCache } from '../../src/compute/cache.ts'
import { pythonOf } from '../../src/compute/installer.ts'
import { withLock } from '../../src/compute/lock.ts'
import { runProgram } from '../../src/compute/program.ts'

const temporary = () => {
  const folder = mkdtempSync(join(tmpdir(), 'brickrail-cache-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
const withPython = (folder: string) => {
  mkdirSync(dirname(pythonOf(folder)), { recursive: true })
  writeFileSync(pythonOf(folder), '')
}

describe('the cache of environments', () => {
  it('finds what is complete, and only that', () => {
    const cache = openCache(temporary())
    const folder = cache.begin('k')
    withPython(folder)
    expect(cache.find('k')).toBeUndefined()
    cache.complete(folder, {})
    expect(cache.find('k')).toBe(folder)
    expect(cache.find('other')).toBeUndefined()
  })

  it('builds anew after a kill, and when the Python is gone', () => {
    const cache = openCache(temporary())
    const killed = cache.begin('k')
    const second = cache.begin('k')
    expect(existsSync(killed)).toBe(false)
    withPython(second)
    cache.complete(second, {})
    rmSync(pythonOf(second))
    expect(cache.find('k')).toBeUndefined()
  })
})

describe('the lock', () => {
  it('lets one in at a time, and the next one after a failure', async () => {
    const path = join(temporary(), 'lock')
    const seen: string[] = []
    const work = (name: string) => async () => {
      seen.push(`${name} in`)
      await new Promise((resolve) => setTimeout(resolve, 150))
      seen.push(`${name} out`)
      throw new Error(name)
    }
    const results = await Promise.allSettled(['a', 'b'].map((name) => withLock(path, undefined, work(name))))
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    const [first] = (seen[0] ?? '').split(' ')
    const other = first === 'a' ? 'b' : 'a'
    expect(seen).toEqual([`${first} in`, `${first} out`, `${other} in`, `${other} out`])
  })

  it('is waited for no longer than wanted', async () => {
    const path = join(temporary(), 'lock')
    await withLock(path, undefined, async () => {
      const waiting = withLock(path, AbortSignal.timeout(200), async () => 'in')
      await expect(waiting).rejects.toThrow(/abort/i)
    })
  })
})

/** A dead process that nobody has collected yet is dead. */
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    const stat = `/proc/${pid}/stat`
    return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, 'utf8'))
  } catch {
    return false
  }
}

describe('runProgram', () => {
  const options = { cwd: tmpdir(), env: { PATH: process.env['PATH'] ?? '' }, timeoutMs: 20_000 }

  it('gives exit code and both streams', async () => {
    const script = 'console.log("out"); console.error("err"); process.exitCode = 3'
    const ran = await runProgram(process.execPath, ['-e', script], options)
    expect(ran).toMatchObject({ code: 3, timedOut: false })
    expect(ran.output).toMatch(/out/)
    expect(ran.output).toMatch(/err/)
  })

  it('keeps the end of a long output', async () => {
    const script = 'process.stdout.write("x".repeat(3e6) + "the end")'
    const { output } = await runProgram(process.execPath, ['-e', script], options)
    expect(output.endsWith('the end')).toBe(true)
    expect(output.length).toBeLessThanOrEqual(400_000)
  })

  it('ends what takes too long, with all that it has started', async () => {
    const script = `const { spawn } = require('node:child_process')
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
      console.log(child.pid); setInterval(() => {}, 1000)`
    const ran = await runProgram(process.execPath, ['-e', script], { ...options, timeoutMs: 1500 })
    expect(ran.timedOut).toBe(true)
    expect(Number(ran.output)).toBeGreaterThan(0)
    await expect.poll(() => isAlive(Number(ran.output))).toBe(false)
  })

  it('rejects with the reason when it is told to stop', async () => {
    const reason = new Error('closing')
    const stop = new AbortController()
    const running = runProgram(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      ...options,
      signal: stop.signal,
    })
    setTimeout(() => stop.abort(reason), 200)
    await expect(running).rejects.toBe(reason)
  })
})
