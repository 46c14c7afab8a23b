import { describe, expect, it } from 'vitest'
import type { AppPointer } from '../../src/plan/state-code.ts'
import type { FileInfo } from '../../src/wire/dbfs.ts'
import { createHarness, inCi, writes, type Harness, type Ran } from '../support/harness.ts'
import { deaths } from './deaths.ts'
import { createLine } from './line.ts'
import { expectExit, lockLife } from './story.ts'

const root = '/datalake/code/model'

const config = (layout: string): string =>
  [
    'name: tiny',
    'targets: { dev: { host: "${env.DATABRICKS_HOST}" } }',
    `apps: { model: { source: ../code, path: dbfs:${root}, layout: ${layout} } }`,
    '',
  ].join('\n')

interface Story {
  name: string
  layout: 'versioned' | 'plain'
  /** The layout that was deployed before, when it is another one. */
  from?: 'versioned' | 'plain'
  command: string
  args?: string[]
  /** What was deployed before; undefined: nothing. */
  before?: Readonly<Record<string, string>>
}

const first = { 'code/train.py': 'print(1)\n', 'code/lib/one.py': 'x = 1\n', 'code/gone.py': 'x = 0\n' }
const second = { 'code/train.py': 'print(2)\n', 'code/lib/two.py': 'x = 2\n', 'code/lib/one.py': 'x = 1\n' }

const stories: readonly Story[] = [
  { name: 'the first deployment', layout: 'versioned', command: 'deploy' },
  { name: 'an update', layout: 'versioned', command: 'deploy', before: first },
  { name: 'an update of the plain layout', layout: 'plain', command: 'deploy', before: first },
  {
    name: 'a change to the plain layout',
    from: 'versioned',
    layout: 'plain',
    command: 'deploy',
    before: first,
  },
  {
    name: 'a change from the plain layout',
    from: 'plain',
    layout: 'versioned',
    command: 'deploy',
    before: first,
  },
  { name: 'the end of it', layout: 'versioned', command: 'destroy', args: ['--yes'], before: second },
  {
    name: 'the end of the plain layout',
    layout: 'plain',
    command: 'destroy',
    args: ['--yes'],
    before: second,
  },
]

const ask = async <T>({ emulator }: Harness, name: string, path: string): Promise<T | undefined> => {
  const url = `http://workspace.test/api/2.0/dbfs/${name}?path=${encodeURIComponent(path)}`
  const answer = await emulator.fetch(url, { headers: { authorization: `Bearer ${emulator.token}` } })
  return answer.ok ? ((await answer.json()) as T) : undefined
}

const read = async (harness: Harness, path: string): Promise<string | undefined> => {
  const answer = await ask<{ data: string }>(harness, 'read', path)
  return answer && Buffer.from(answer.data, 'base64').toString('utf8')
}

/** Every file below a folder of DBFS with its content. Times differ between tellings. */
const tree = async (harness: Harness, path: string): Promise<Record<string, string>> => {
  const { files = [] } = (await ask<{ files?: FileInfo[] }>(harness, 'list', path)) ?? {}
  const found: [string, string][] = []
  for (const file of files)
    if (file.is_dir) found.push(...Object.entries(await tree(harness, file.path)))
    else found.push([file.path, ((await read(harness, file.path)) ?? '').replace(/"at": \d+/, '"at": 0')])
  return Object.fromEntries(found)
}

/** Whoever follows the pointer finds every file that it names. */
const expectWhole = async (harness: Harness): Promise<void> => {
  const text = await read(harness, `${root}/current.json`)
  if (text === undefined) return
  const { path, files } = JSON.parse(text) as AppPointer
  const folder = path.replace('dbfs:', '')
  const there = await tree(harness, folder)
  for (const file of files)
    expect({ path: file.path, size: there[`${folder}/${file.path}`]?.length }).toEqual({
      path: file.path,
      size: file.size,
    })
}

const run = async (
  harness: Harness,
  { command, args }: Pick<Story, 'command' | 'args'>,
  fetch = harness.emulator.fetch,
): Promise<Ran> => await harness.run(command, args, { fetch, env: inCi(harness) })

const begin = async ({ layout, from = layout, before }: Story): Promise<Harness> => {
  const harness = createHarness({ 'pipelines/brickrail.yml': config(from), ...(before ?? second) })
  if (before === undefined) return harness
  expectExit(await run(harness, { command: 'deploy' }), 0)
  harness.write('pipelines/brickrail.yml', config(layout))
  for (const path of Object.keys(before)) harness.remove(path)
  for (const [path, text] of Object.entries(second)) harness.write(path, text)
  return harness
}

const calls = async (story: Story): Promise<{ labels: string[]; final: Record<string, string> }> => {
  const harness = await begin(story)
  const line = createLine({ fetch: harness.emulator.fetch })
  expectExit(await run(harness, story, line.fetch), 0)
  const final = await tree(harness, '/datalake')
  harness.close()
  return { labels: line.calls, final }
}

const dies = async (story: Story, call: number, how: 'before' | 'after', final: Record<string, string>) => {
  const harness = await begin(story)
  try {
    const line = createLine({
      fetch: harness.emulator.fetch,
      at: (number) => (number === call ? deaths[how] : undefined),
    })
    const end = run(harness, story, line.fetch)
    if (await Promise.race([end, line.died])) throw new Error('it came to an end')
    if (story.layout === 'versioned') await expectWhole(harness)
    harness.clock.advance(lockLife)
    expectExit(await run(harness, story), 0)
    if (story.layout === 'versioned') await expectWhole(harness)
    const reached = await tree(harness, '/datalake')
    expect(Object.keys(reached)).toEqual(Object.keys(final))
    expect(reached).toEqual(final)
    await harness.forget()
    expectExit(await run(harness, story), 0)
    expect(writes(await harness.requests())).toEqual([])
  } finally {
    harness.close()
  }
}

describe.each(stories)('$name', (story) => {
  it('is killed at every write: the version pointed at is whole, and the next run goes on', async () => {
    const { labels, final } = await calls(story)
    // Between two writes nothing changes: a death after one leaves what a death before the next one leaves.
    const written = [...labels.entries()].filter(([, label]) => !label.startsWith('GET'))
    expect(written.length).toBeGreaterThan(4)
    for (const [index, label] of written)
      for (const how of index === written.at(-1)?.[0]
        ? (['before', 'after'] as const)
        : (['before'] as const))
        try {
          await dies(story, index + 1, how, final)
        } catch (error) {
          throw new Error(`died ${how} call ${index + 1}, ${label}`, { cause: error })
        }
  })
})
