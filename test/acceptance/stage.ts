import { readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { Fail } from '../../src/errors.ts'
import type { World } from '../../src/cli/script.ts'
import { createHarness, writes, type Harness, type Request } from '../support/harness.ts'

/** Every file below a folder, `/`-separated relative path -> text. */
export const filesBelow = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  )

/** A project, its workspace and what a script has arranged so far. */
export interface Stage {
  harness: Harness
  env: Record<string, string | undefined>
  /** For the next command only. */
  world: Partial<World>
  /** Of the last command. */
  exit: number
  requests: Request[]
  output: string
}

type Control = (stage: Stage, words: string) => void | Promise<void>

const host = 'http://workspace.test'

const split = (words: string): [string, string] => {
  const at = words.indexOf(' ')
  return at < 0 ? [words, ''] : [words.slice(0, at), words.slice(at + 1)]
}

const post =
  (path: string): Control =>
  async ({ harness }, words) => {
    await harness.control(path, JSON.parse(words))
  }

const ask = async ({ harness }: Stage, method: string, path: string, body = ''): Promise<string> => {
  const answer = await harness.emulator.fetch(host + path, {
    method,
    headers: { authorization: `Bearer ${harness.emulator.token}`, 'content-type': 'application/json' },
    ...(body === '' ? {} : { body }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path} ${body} -> ${answer.status} ${text}`)
  return text
}

/** Of the newest cluster. */
const clusterId = async (stage: Stage): Promise<string> =>
  /"cluster_id":"([^"]+)"/.exec(await ask(stage, 'GET', '/api/2.1/clusters/list'))?.[1] ?? ''

/** An admin's call; `{cluster}` is the newest cluster. */
const api: Control = async (stage, words) => {
  const text = words.includes('{cluster}') ? words.replaceAll('{cluster}', await clusterId(stage)) : words
  const [method, rest] = split(text)
  await ask(stage, method, ...split(rest))
}

/** What somebody does in the workspace to the job of a key: `update` is the one call so far, with the fields given. */
const jobBy: Control = async (stage, words) => {
  const [, key = '', call = '', settings = ''] = /^(\S+) (\S+) (.*)$/.exec(words) ?? []
  const jobs = await ask(stage, 'GET', '/api/2.2/jobs/list?expand_tasks=false')
  const one = jobs.split('"job_id":').find((part) => part.includes(`"brickrail_job":"${key}"`))
  const id = /^\d+/.exec(one ?? '')?.[0] ?? 'none'
  await ask(stage, 'POST', `/api/2.2/jobs/${call}`, `{"job_id": ${id}, "new_settings": ${settings}}`)
}

/** A deployment record as another run, on another machine, has left it. */
const record: Control = async (stage, words) => {
  const [number, text] = split(words)
  const folder = '/Shared/.brickrail/sample/dev/deployments'
  const content = Buffer.from(text).toString('base64')
  await api(stage, `POST /api/2.0/workspace/mkdirs ${JSON.stringify({ path: folder })}`)
  const file = { path: `${folder}/${number}.json`, format: 'RAW', overwrite: true, content }
  await api(stage, `POST /api/2.0/workspace/import ${JSON.stringify(file)}`)
}

/** Replace the grants on a folder. */
const folderRights: Control = async (stage, words) => {
  const [path, grants] = split(words)
  const status = await ask(stage, 'GET', `/api/2.0/workspace/get-status?path=${path}`)
  const id = /"object_id":(\d+)/.exec(status)?.[1] ?? ''
  await ask(stage, 'PUT', `/api/2.0/permissions/directories/${id}`, `{"access_control_list": ${grants}}`)
}

const expected = (what: string, is: unknown, wanted: unknown): void => {
  if (is !== wanted) throw new Error(`${what} is ${String(is)}, expected ${String(wanted)}`)
}

/** As undici fails when a name has no address. */
const noSuchHost: typeof fetch = async () => {
  throw new TypeError('fetch failed', {
    cause: Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }),
  })
}

/** The process is told to end when it makes that call. */
const interruptAt: Control = (stage, words) => {
  const [method, path] = split(words)
  const stop = new AbortController()
  const what = 'what was under way has ended, and no further step was begun'
  const { fetch } = stage.harness.emulator
  stage.world = {
    stop: stop.signal,
    fetch: async (input, init) => {
      if (init?.method === method && !(input instanceof Request) && input.toString().startsWith(host + path))
        stop.abort(new Fail('INTERRUPTED', { signal: 'SIGTERM', what }))
      return await fetch(input, init)
    },
  }
}

/** Lines of a script that are no commands: `word rest`. */
export const controls: Readonly<Record<string, Control>> = {
  '!fault': post('faults'),
  '!outcome': post('outcomes'),
  '!principal': post('principals'),
  '!cluster': post('clusters'),
  '!api': api,
  '!job': jobBy,
  '!record': record,
  '!rights': folderRights,
  '!env': ({ env }, words) => {
    const [, name = '', value = ''] = /^(\w+)=(.*)$/.exec(words) ?? []
    env[name] = value === '' ? undefined : value
  },
  '!write': ({ harness }, words) => {
    const [path, text] = split(words)
    harness.write(path, JSON.parse(text) as string)
  },
  '!replace': ({ harness }, words) => {
    const [path, rest] = split(words)
    const [from = '', to = ''] = rest.split(' => ')
    const text = readFileSync(join(harness.folder, path), 'utf8')
    if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`)
    harness.write(path, text.replace(from, to))
  },
  '!remove': ({ harness }, words) => harness.remove(words),
  '!big': ({ harness }, words) => {
    const [path, bytes] = split(words)
    harness.write(path, 'x'.repeat(Number(bytes)))
  },
  '!symlink': ({ harness }, words) => {
    const [path, target] = split(words)
    symlinkSync(target, join(harness.folder, path))
  },
  '!advance': ({ harness }, words) => harness.clock.advance(Number(words) * 1000),
  '!no-such-host': (stage) => {
    stage.world = { fetch: noSuchHost }
  },
  '!interrupt': interruptAt,
  '!answer': (stage, words) => {
    stage.world = { ask: async () => words }
  },
  '=exit': ({ exit }, words) => expected('exit', exit, Number(words)),
  // What was refused has written nothing; a torn connection (0) may have.
  '=writes': ({ requests }, words) => {
    const done = writes(requests).filter(({ status }) => status < 400)
    expected('number of writes', done.length, Number(words))
  },
  '=says': ({ output }, words) => expected(`«${words}» in the output`, output.includes(words), true),
}

export const createStage = (files: Readonly<Record<string, string>>): Stage => {
  const harness = createHarness(files)
  const env = {
    DATABRICKS_HOST: host,
    DATABRICKS_TOKEN: harness.emulator.token,
    HOME: harness.folder,
    GITLAB_CI: 'true',
    GITLAB_USER_LOGIN: 'ada',
    CI_PIPELINE_URL: 'https://gitlab.example/sample/-/pipelines/7',
  }
  return { harness, env, world: {}, exit: 0, requests: [], output: '' }
}
