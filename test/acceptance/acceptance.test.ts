import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Request } from '../support/harness.ts'
import { repository } from '../support/harness.ts'
import { createNormaliser } from './normalise.ts'
import { controls, createStage, filesBelow, type Stage } from './stage.ts'

/**
 * Each folder is a story: `script` is what is typed and what happens meanwhile, on the project in `input/` (laid over
 * the common one), `expected.txt` what is seen, `expected-requests.txt` what is asked of the workspace.
 * `UPDATE=1` writes the expectations anew: read them before you keep them. Lines beginning with `=` hold in any case.
 */
const here = join(repository, 'test', 'acceptance')
const update = process.env['UPDATE'] === '1'

const names = readdirSync(here).filter((name) => existsSync(join(here, name, 'script')))

/** Concurrent calls have no order of their own, so each request is listed once, with its count. */
const listed = (requests: readonly Request[]): string[] => {
  const counts = new Map<string, number>()
  for (const { method, path, status } of requests) {
    const line = `${method} ${path} ${status}`
    counts.set(line, (counts.get(line) ?? 0) + 1)
  }
  return [...counts].map(([line, count]) => `${String(count).padStart(3)} ${line}`).sort()
}

const runLine = async (stage: Stage, line: string) => {
  const [command = '', ...args] = line.split(/\s+/)
  await stage.harness.forget()
  const ran = await stage.harness.run(
    command,
    args.map((arg) => arg.replace('{folder}', stage.harness.folder)),
    { env: stage.env, ...stage.world },
  )
  stage.world = {}
  stage.exit = ran.exit
  stage.requests = await stage.harness.requests()
  stage.output = `${ran.stdout}\n${ran.stderr}`
  const seen = [`$ ${line}`, ran.stdout.trimEnd(), '--- stderr', ran.stderr.trimEnd(), `--- exit ${ran.exit}`]
  return {
    seen: seen.filter((part) => part !== '').join('\n'),
    asked: [`$ ${line}`, ...listed(stage.requests)].join('\n'),
  }
}

const play = async (name: string): Promise<{ seen: string; asked: string }> => {
  const own = join(here, name, 'input')
  const files = { ...filesBelow(join(here, 'input')), ...(existsSync(own) ? filesBelow(own) : {}) }
  const stage = createStage(files)
  onTestFinished(() => stage.harness.close())
  const normalise = createNormaliser(stage.harness.folder)
  const parts: { seen: string; asked: string }[] = []
  for (const line of readFileSync(join(here, name, 'script'), 'utf8').split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const [word = '', rest = ''] = line.split(/ (.*)/s)
    const control = controls[word]
    if (control) await control(stage, rest)
    else parts.push(await runLine(stage, line))
  }
  const all = (key: 'seen' | 'asked') => `${parts.map((part) => normalise(part[key])).join('\n\n')}\n`
  return { seen: all('seen'), asked: all('asked') }
}

/** What is expected; with UPDATE=1, what is seen now. */
const expectation = (name: string, file: string, seen: string): string => {
  const path = join(here, name, file)
  if (update) writeFileSync(path, seen)
  return readFileSync(path, 'utf8')
}

describe('acceptance', () => {
  it.each(names)('%s', async (name) => {
    const { seen, asked } = await play(name)
    expect(seen).toBe(expectation(name, 'expected.txt', seen))
    expect(asked).toBe(expectation(name, 'expected-requests.txt', asked))
  })
})
