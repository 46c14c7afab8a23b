import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { file, groupOf, hanging, openRuns, processesWith, until } from './runs.ts'

const runs = openRuns({
  ...process.env,
  PARENT_SECRET: 'parent-only',
  DATABRICKS_TOKEN: 'dapi-of-the-emulator',
})
afterAll(runs.dispose)

const linux = process.platform === 'linux'
const mark = (id: string) => `BRICKRAIL_RUN_FOLDER=${join(runs.folder, id)}`

const said = (id: string, text: string) => until(() => runs.tasks.log(id, 100_000).text.includes(text))

describe('output', () => {
  it('of 100 MB is on disk whole, within bounded memory', async () => {
    const source = `import sys
line = 'x' * 1023 + '\\n'
for _ in range(100 * 1024): sys.stdout.write(line)
print('the end: 🚄')`
    globalThis.gc?.()
    const before = process.memoryUsage().rss
    let most = before
    const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20)
    const { id, outcome } = await runs.finish(file(runs, source))
    clearInterval(timer)
    expect(outcome).toBe('SUCCESS')
    expect(statSync(join(runs.folder, id, 'log.txt')).size).toBe(
      100 * 1024 * 1024 + 'the end: 🚄\n'.length + 2,
    )
    expect(most - before).toBeLessThan(80 * 1024 * 1024)
    // A cut within the last character, and one before it.
    expect(runs.tasks.log(id, 13).text).toBe('he end: 🚄\n')
    expect(runs.tasks.log(id, 4)).toEqual({ text: '\n', truncated: true })
    expect(runs.tasks.log(id, 1000).text).toHaveLength(998)
  })

  it('keeps the order of both streams and what is written before a kill', async () => {
    const source = `import os, sys, subprocess
print('one'); print('two', file=sys.stderr); print('three')
subprocess.run(['sh', '-c', 'echo four; echo five >&2'])
print('six'); os.kill(os.getpid(), 9)`
    const { log, outcome, error } = await runs.finish(file(runs, source))
    expect(log).toBe('one\ntwo\nthree\nfour\nfive\nsix\n')
    expect(outcome).toBe('FAILED')
    expect(error).toContain('ended with signal SIGKILL')
  })

  it('never holds a secret, however it is printed', async () => {
    const secret = 'dapi0123456789abcdef'
    const source = `import base64, os, sys, time
secret = sys.argv[1][::-1]
print('whole', secret)
os.write(1, ('split ' + secret[:7]).encode()); time.sleep(0.3); os.write(1, (secret[7:] + ' over\\n').encode())
print(base64.b64encode(secret.encode()).decode(), file=sys.stderr)
raise ValueError('refused: ' + secret)`
    const work = file(runs, source, secret.split('').reverse().join(''))
    const { id, log, error, trace } = await runs.finish(work, { secrets: [secret, 'other'] })
    expect(log).toContain('whole [REDACTED]\nsplit [REDACTED] over\n[REDACTED]\n')
    expect(error).toBe('ValueError: refused: [REDACTED]')
    expect(trace).toContain('ValueError: refused: [REDACTED]')
    expect(readFileSync(join(runs.folder, id, 'log.txt'), 'latin1')).not.toContain(secret)
  })

  it.runIf(linux)('on a full disk is lost, with the reason; the run goes on', async () => {
    mkdirSync(join(runs.folder, 'full'), { recursive: true })
    symlinkSync('/dev/full', join(runs.folder, 'full', 'log.txt'))
    const work = file(runs, `for _ in range(100_000): print('x' * 100)\nopen('done.txt', 'w').close()`)
    const running = await runs.tasks.start({ ...runs.request(work), id: 'full' })
    expect(await running.done).toEqual({ outcome: 'SUCCESS' })
    expect(existsSync(join(runs.folder, 'full', 'work', 'done.txt'))).toBe(true)
    expect(runs.tasks.log('full', 100).text).toMatch(/the rest of the log is lost: ENOSPC/)
  })

  it('fails cleanly when the result cannot be written', async () => {
    // A folder in the place of the file stands for a disk that takes nothing.
    const work = file(
      runs,
      `import os; os.mkdir(os.path.join(os.environ['BRICKRAIL_RUN_FOLDER'], 'result.json.part'))`,
    )
    const { outcome, error } = await runs.finish(work)
    expect({ outcome, error }).toEqual({
      outcome: 'FAILED',
      error: 'the result of the run could not be written',
    })
  })

  it('is empty for a run that is not there', () => {
    expect(runs.tasks.log('nobody', 100)).toEqual({ text: '', truncated: false })
  })
})

describe('the end of a run', () => {
  it.runIf(linux)('by cancel leaves no process, whatever the code does', async () => {
    const { id, running } = await runs.begin(file(runs, hanging))
    await said(id, 'hangs')
    await said(id, 'away')
    expect(processesWith(mark(id))).toHaveLength(4)
    const first = running.cancel()
    expect(await first).toEqual({ outcome: 'CANCELED' })
    expect(await running.cancel()).toEqual({ outcome: 'CANCELED' })
    expect(groupOf(running.pid)).toEqual([])
    expect(processesWith(mark(id))).toEqual([])
  })

  it('by timeout is TIMEDOUT', async () => {
    const { id, running } = await runs.begin(file(runs, 'import time; time.sleep(600)'), { timeoutMs: 300 })
    expect(await running.done).toEqual({ outcome: 'TIMEDOUT' })
    expect(processesWith(mark(id))).toEqual([])
  })

  it('by itself ends what it left in the background', async () => {
    const source = `import subprocess
subprocess.Popen(['sh', '-c', "trap '' TERM; sleep 600; sleep 600"])
subprocess.Popen(['sleep', '600'], start_new_session=True)
print('done')`
    const { id, running } = await runs.begin(file(runs, source))
    expect(await running.done).toEqual({ outcome: 'SUCCESS' })
    expect(groupOf(running.pid)).toEqual([])
    expect(processesWith(mark(id))).toEqual([])
  })

  it('comes even when a process without any mark holds its output', async () => {
    const source = `import subprocess
print(subprocess.Popen(['sleep', '30'], env={}, start_new_session=True).pid)`
    const { outcome, log } = await runs.finish(file(runs, source))
    process.kill(Number(log))
    expect(outcome).toBe('SUCCESS')
  })

  it.each([
    ['import os, signal; os.kill(os.getpid(), signal.SIGKILL)', /signal SIGKILL: somebody killed it/],
    ['import ctypes; ctypes.string_at(0)', /signal SIGSEGV/],
    ['import os; print("last words", flush=True); os._exit(3)', /exit code 3 before the code was done/],
    ['import os; os._exit(0)', /exit code 0 before the code was done/],
  ])('without a result is FAILED: %s', async (source, error) => {
    const result = await runs.finish(file(runs, source))
    expect(result.outcome).toBe('FAILED')
    expect(result.error).toMatch(error)
  })

  it('shows the last lines of a process that said nothing else', async () => {
    const { trace } = await runs.finish(file(runs, 'import os; print("last words", flush=True); os._exit(3)'))
    expect(trace).toBe('last words\n')
  })

  it('waits for threads, as Python does', async () => {
    const source = `import threading, time
def late(): time.sleep(0.3); print('late')
threading.Thread(target=late).start()`
    expect(await runs.finish(file(runs, source))).toMatchObject({ outcome: 'SUCCESS', log: 'late\n' })
  })

  it('does not wait for a pool that nobody has shut down, but for what it still does', async () => {
    const source = `import concurrent.futures, time
pool = concurrent.futures.ThreadPoolExecutor(2)
def late(): time.sleep(0.3); print('late')
pool.submit(late)`
    expect(await runs.finish(file(runs, source))).toMatchObject({ outcome: 'SUCCESS', log: 'late\n' })
  })

  it('is not told by a child that user code forked', async () => {
    const source = `import os
if os.fork() == 0:
    raise SystemExit(5)
os.wait(); print('parent')`
    expect(await runs.finish(file(runs, source))).toMatchObject({ outcome: 'SUCCESS', log: 'parent\n' })
  })
})

describe('ten runs at once', () => {
  it('are isolated', async () => {
    const source = `import json, os, sys, tempfile, time
with open('mine.txt', 'x') as f: f.write(sys.argv[1])
t = tempfile.NamedTemporaryFile(delete=False); t.close()
time.sleep(0.3)
print(json.dumps(dict(cwd=os.getcwd(), files=os.listdir('.'), tmp=t.name, mine=os.environ['MINE'], arg=sys.argv[1],
  run=os.environ['BRICKRAIL_RUN'], names=sorted(os.environ), all=' '.join(os.environ.values()), stdin=sys.stdin.read(),
  group=os.getpgid(0) == os.getpid(), session=os.getsid(0) == os.getpid())))`
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        runs.finish(file(runs, source, `${n}`), { env: { MINE: `m${n}` } }),
      ),
    )
    for (const [n, { id, outcome, log }] of all.entries()) {
      const seen: Record<string, unknown> & { names: string[] } = JSON.parse(log)
      expect({ outcome, ...seen }).toMatchObject({
        outcome: 'SUCCESS',
        cwd: join(runs.folder, id, 'work'),
        files: ['mine.txt'],
        mine: `m${n}`,
        arg: `${n}`,
        run: id,
        stdin: '',
        group: true,
        session: true,
      })
      expect(seen['tmp']).toContain(join(runs.folder, id, 'tmp'))
      expect(seen.names).not.toContain('PARENT_SECRET')
      expect(seen.names).not.toContain('DATABRICKS_TOKEN')
      expect(seen['all']).not.toContain('parent-only')
    }
    expect(new Set(all.map(({ id }) => id)).size).toBe(10)
  })
})

describe('tasks', () => {
  it('say which python cannot be started', async () => {
    const task = { ...runs.request(file(runs, '')), python: '/nowhere/python' }
    await expect(runs.tasks.start(task)).rejects.toThrow('/nowhere/python cannot be started')
  })

  it('refuse an id that is no name, and one that runs', async () => {
    const task = runs.request(file(runs, 'import time; time.sleep(600)'))
    await expect(runs.tasks.start({ ...task, id: '../up' })).rejects.toThrow('cannot name a run')
    const running = await runs.tasks.start(task)
    await expect(runs.tasks.start(task)).rejects.toThrow('runs already')
    await runs.tasks.forget(task.id)
    expect(await running.done).toEqual({ outcome: 'CANCELED' })
    expect(existsSync(join(runs.folder, task.id))).toBe(false)
  })

  it('end everything on close and start nothing after', async () => {
    const own = openRuns()
    const both = await Promise.all([1, 2].map(() => own.begin(file(own, 'import time; time.sleep(600)'))))
    const begun = own.tasks.start(own.request(file(own, 'import time; time.sleep(600)')))
    await own.tasks.close()
    const pids = [...both.map(({ running }) => running.pid), (await begun).pid]
    expect(pids.flatMap(groupOf)).toEqual([])
    await expect(own.begin(file(own, ''))).rejects.toThrow('closed')
    await own.dispose()
  })
})
