/** Python environments with the real pip and the real uv, from the real index. Needs Python and a network. */
import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Compute, Environment, EnvironmentRequest } from '../../src/compute/compute.ts'
import { createLocalCompute } from '../../src/compute/local.ts'
import type { Library } from '../../src/wire/libraries.ts'

const root = mkdtempSync(join(tmpdir(), 'brickrail-environments-'))
const wheels = join(root, 'wheels')
const uvBin = join(root, 'uv', 'bin')
const repository = join(import.meta.dirname, '..', '..')
const simplejson: Library = { pypi: { package: 'simplejson==3.19.2' } }
const nowhere = 'http://someone:hunter22@127.0.0.1:9/simple'

const run = promisify(execFile)
const write = (path: string, text: string): string => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
  return join(root, path)
}

/** A wheel that pip itself has built from two lines of source. */
const makeWheel = async (python: string): Promise<void> => {
  write(
    'src/setup.py',
    "from setuptools import setup\nsetup(name='tiny', version='1.0', py_modules=['tiny'])\n",
  )
  write('src/tiny.py', "answer = 'from the wheel'\n")
  await run(python, ['-m', 'pip', 'wheel', '--quiet', '--no-deps', '-w', wheels, join(root, 'src')])
}

const python = join(root, 'uv', 'bin', 'python')

beforeAll(async () => {
  execFileSync('python3', ['-m', 'venv', join(root, 'uv')])
  await run(python, ['-m', 'pip', 'install', '--quiet', 'uv==0.9.9'])
  await makeWheel(python)
  // A PATH without that environment's own Python, but with its uv.
  mkdirSync(join(root, 'only-uv'))
  await run('ln', ['-s', join(uvBin, 'uv'), join(root, 'only-uv', 'uv')])
})

const opened: Compute[] = []
afterAll(async () => {
  await Promise.all(opened.map((compute) => compute.close()))
  rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 })
})

/** PATH without any uv of this machine. */
const plainPath = (process.env['PATH'] ?? '')
  .split(delimiter)
  .filter((folder) => !existsSync(join(folder, 'uv')))
  .join(delimiter)

const open = async (tool: 'pip' | 'uv', cache: string, more: NodeJS.ProcessEnv = {}): Promise<Compute> => {
  const path = tool === 'uv' ? `${join(root, 'only-uv')}${delimiter}${plainPath}` : plainPath
  const env = { ...process.env, ...more, PATH: path }
  const compute = await createLocalCompute({ folder: join(root, 'runs'), cache: join(root, cache), env })
  opened.push(compute)
  return compute
}

const make = async (
  compute: Compute,
  libraries: Library[],
  over: Partial<EnvironmentRequest> = {},
): Promise<Environment> =>
  await compute.environment({ libraries, local: {}, offlineIsSkipped: false, ...over })

const says = async (environment: Environment, code: string): Promise<string> =>
  (await run(environment.python, ['-I', '-c', code])).stdout.trim()
const statuses = ({ outcomes }: Environment) => outcomes.map(({ status }) => status)
const builds = (cache: string): string[] =>
  readdirSync(join(root, cache)).flatMap((key) =>
    readdirSync(join(root, cache, key)).filter((name) => name.startsWith('build-')),
  )

describe.each(['pip', 'uv'] as const)('environments made with %s', (tool) => {
  let compute: Compute
  beforeAll(async () => {
    compute = await open(tool, `cache-${tool}`)
  })

  it('have what was asked for, pip, and nothing of Spark', async () => {
    expect(compute.abilities.uv === undefined).toBe(tool === 'pip')
    const empty = await make(compute, [])
    expect(await says(empty, 'import importlib.util as u; print(u.find_spec("pyspark"))')).toBe('None')
    expect(await says(empty, 'import pip; print("pip")')).toBe('pip')
    const made = await make(compute, [simplejson])
    expect(statuses(made)).toEqual(['INSTALLED'])
    expect(await says(made, 'import simplejson; print(simplejson.__version__)')).toBe('3.19.2')
  })

  it('are made once for a set, whatever its order', async () => {
    const six: Library = { pypi: { package: 'six==1.16.0' } }
    const first = await make(compute, [simplejson, six])
    const started = performance.now()
    const second = await make(compute, [six, simplejson])
    expect(second.python).toBe(first.python)
    expect(second.outcomes.map(({ library }) => library)).toEqual([six, simplejson])
    expect(performance.now() - started).toBeLessThan(500)
  })

  it('take wheels and requirements files by their local bytes', async () => {
    const wheel = 'dbfs:/wheels/tiny-1.0-py3-none-any.whl'
    const list = '/Workspace/Shared/requirements.txt'
    const local = {
      [wheel]: join(wheels, 'tiny-1.0-py3-none-any.whl'),
      [list]: write('requirements.txt', 'six==1.16.0\n'),
    }
    const made = await make(compute, [{ whl: wheel }, { requirements: list }], { local })
    expect(statuses(made)).toEqual(['INSTALLED', 'INSTALLED'])
    expect(await says(made, 'import tiny, six; print(tiny.answer, six.__version__)')).toBe(
      'from the wheel 1.16.0',
    )
  })

  it('leave out what does not exist, with the message, and keep the rest', async () => {
    const none = 'brickrail-has-no-such-package==1.0'
    const made = await make(compute, [{ pypi: { package: none } }, simplejson])
    expect(statuses(made)).toEqual(['FAILED', 'INSTALLED'])
    expect(made.outcomes[0]?.messages.join('\n')).toContain('brickrail-has-no-such-package')
    expect(await says(made, 'import simplejson; print("there")')).toBe('there')
    // Never kept as if it were good: the same again fails again, and the good part is the set without it.
    expect((await make(compute, [simplejson])).python).toBe(made.python)
    expect(statuses(await make(compute, [{ pypi: { package: none } }]))).toEqual(['FAILED'])
  })

  it.each([
    [true, 'SKIPPED'],
    [false, 'FAILED'],
  ])('from an index that cannot be reached, skipped if offline %s: %s', async (offlineIsSkipped, status) => {
    const library: Library = { pypi: { package: 'wrapt==1.16.0', repo: nowhere } }
    const made = await make(compute, [library, simplejson], { offlineIsSkipped })
    expect(statuses(made)).toEqual([status, 'INSTALLED'])
    const messages = made.outcomes[0]?.messages.join('\n') ?? ''
    expect(messages).toMatch(/cannot be reached from this machine: .*refused/i)
    expect(messages).not.toContain('hunter22')
  })

  it('fail for a source that does not build, with the words of the build', async () => {
    const folder = dirname(write('broken/setup.py', "raise RuntimeError('there is no compiler')\n"))
    const made = await make(compute, [{ pypi: { package: folder } }, simplejson])
    expect(statuses(made)).toEqual(['FAILED', 'INSTALLED'])
    expect(made.outcomes[0]?.messages.join('\n')).toContain('RuntimeError: there is no compiler')
  })

  it('fail for a file that is no wheel', async () => {
    const whl = 'dbfs:/odd-1.0-py3-none-any.whl'
    const local = { [whl]: write('odd-1.0-py3-none-any.whl', 'not a zip') }
    const made = await make(compute, [{ whl }], { local })
    expect(statuses(made)).toEqual(['FAILED'])
    expect(made.outcomes[0]?.messages.join('\n')).toMatch(/odd/)
  })

  it('fail for the second of two that exclude each other', async () => {
    const made = await make(compute, [simplejson, { pypi: { package: 'simplejson==3.19.1' } }])
    expect(statuses(made)).toEqual(['INSTALLED', 'FAILED'])
    expect(await says(made, 'import simplejson; print(simplejson.__version__)')).toBe('3.19.2')
  })

  it('skip what no machine like this can have, and say why', async () => {
    const made = await make(compute, [
      { maven: { coordinates: 'a:b:1' } },
      { jar: 'dbfs:/a.jar' },
      simplejson,
    ])
    expect(statuses(made)).toEqual(['SKIPPED', 'SKIPPED', 'INSTALLED'])
    expect(made.outcomes[0]?.messages.join()).toMatch(/JVM/)
  })

  it('rest when they are told to', async () => {
    const other = await open(tool, `closed-${tool}`)
    setTimeout(() => void other.close(), 300)
    await expect(make(other, [simplejson])).rejects.toThrow('being closed')
  })
})

describe('several processes', () => {
  const child = (cache: string) =>
    spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        join(import.meta.dirname, 'environment-child.ts'),
        join(root, cache),
        'six==1.16.0',
      ],
      { cwd: repository, env: { ...process.env, PATH: plainPath }, stdio: ['ignore', 'pipe', 'inherit'] },
    )
  const answer = async (process: ReturnType<typeof child>): Promise<Environment> => {
    let text = ''
    process.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece))
    await once(process, 'close')
    return JSON.parse(text) as Environment
  }

  it('at once make one environment', async () => {
    const [first, second] = await Promise.all([answer(child('shared')), answer(child('shared'))])
    expect([statuses(first), statuses(second)]).toEqual([['INSTALLED'], ['INSTALLED']])
    expect(second.python).toBe(first.python)
    expect(builds('shared')).toHaveLength(1)
  })

  it('one of them killed in the middle, the next one makes a good environment', async () => {
    const killed = child('killed')
    await expect
      .poll(() => existsSync(join(root, 'killed')) && builds('killed').length, {
        timeout: 60_000,
        interval: 20,
      })
      .toBe(1)
    const [half] = builds('killed')
    killed.kill('SIGKILL')
    await once(killed, 'close')
    const compute = await open('pip', 'killed')
    const made = await make(compute, [{ pypi: { package: 'six==1.16.0' } }])
    expect(statuses(made)).toEqual(['INSTALLED'])
    expect(made.python).not.toContain(half)
    expect(await says(made, 'import six; print(six.__version__)')).toBe('1.16.0')
  })
})

describe('a machine', () => {
  it('without Python says so', async () => {
    const env = { PATH: join(root, 'only-uv') }
    const compute = await createLocalCompute({ folder: join(root, 'runs'), cache: join(root, 'none'), env })
    opened.push(compute)
    await expect(make(compute, [])).rejects.toThrow(/there is no Python >= 3\.8/)
  })
})
