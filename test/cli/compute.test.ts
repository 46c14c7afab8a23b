import { describe, expect, it, onTestFinished } from 'vitest'
import { readMode } from '../../src/cli/compute.ts'
import { createEmulator } from '../../src/emulator/emulator.ts'
import { machine } from '../emulator/machine.ts'
import { writes, type Request } from '../support/harness.ts'
import { open, sound } from './project.ts'

const reason = 'there is no Rscript on this machine'

/** A workspace on a machine that skips CRAN packages. */
const withoutR = () => {
  const { compute } = machine(({ libraries }) =>
    libraries.map((library) =>
      library.cran === undefined
        ? { library, status: 'INSTALLED', messages: [] }
        : { library, status: 'SKIPPED', messages: [reason] },
    ),
  )
  const emulator = createEmulator({ clock: 'instant', compute })
  onTestFinished(() => emulator.close())
  const requests = async (): Promise<Request[]> => {
    const answer = await emulator.fetch('http://workspace.test/_emulator/requests')
    return ((await answer.json()) as { requests: Request[] }).requests
  }
  return { emulator, requests }
}

const projectWith = (libraries: string) =>
  open({
    'pipelines/brickrail.yml': (sound['pipelines/brickrail.yml'] ?? '').replace(
      'libraries: libraries/main.yml',
      `libraries: ${libraries}`,
    ),
    'pipelines/libraries/main.yml': 'pypi: [simplejson==3.19.2]\ncran: [tidyverse]\n',
  })

describe('a library that is SKIPPED', () => {
  it('is a warning where it is allowed, and no change in the second run', async () => {
    const { emulator, requests } = withoutR()
    const harness = projectWith('{ file: libraries/main.yml, skipped: allow }')
    const world = { fetch: emulator.fetch }
    const first = await harness.run('deploy', ['--output', 'json'], world)
    expect(first.exit).toBe(0)
    const warnings = JSON.parse(first.stdout).warnings.map(({ message }: { message: string }) => message)
    expect(warnings).toContain(`cran tidyverse SKIPPED: ${reason}`)
    const before = (await requests()).length
    const second = await harness.run('deploy', [], world)
    expect(second.stderr + second.stdout).toContain(`cran tidyverse SKIPPED: ${reason}`)
    expect(second.exit).toBe(0)
    expect(writes((await requests()).slice(before))).toEqual([])
  })

  it.each(['libraries/main.yml', '{ file: libraries/main.yml, skipped: refuse }'])(
    'fails the job otherwise: %s',
    async (libraries) => {
      const { emulator } = withoutR()
      const failed = await projectWith(libraries).run('deploy', [], { fetch: emulator.fetch })
      expect(failed.exit).not.toBe(0)
      expect(failed.stderr).toContain(`cran tidyverse SKIPPED: ${reason}`)
      expect(failed.stderr).toContain('1 library did not install')
      expect(failed.stderr).toContain(
        'for SKIPPED: install R where the cluster runs, take the library out, or',
      )
    },
  )

  it('is nothing but allow or refuse', async () => {
    const harness = projectWith('{ file: libraries/main.yml, skipped: perhaps }')
    const { exit, stderr } = await harness.run('validate')
    expect(exit).toBe(2)
    expect(stderr).toContain('refuse')
  })
})

describe('the compute of the embedded workspace', () => {
  const embedded = {
    'pipelines/brickrail.yml': (sound['pipelines/brickrail.yml'] ?? '').replace(
      /targets:[^]*?workspace:/,
      'targets:\n  local: {}\nworkspace:',
    ),
  }
  const env = (more: Record<string, string>) => ({
    env: { BRICKRAIL_EMBEDDED_CLOCK: 'instant', HOME: '/nonexistent', PATH: '/nonexistent', ...more },
  })

  it('is simulated, with a notice, when there is no Python', async () => {
    const harness = open(embedded)
    const { exit, stderr } = await harness.run('deploy', [], env({}))
    expect(exit).toBe(0)
    expect(stderr).toContain('simulated: there is no Python on the PATH')
  })

  it('is silent when that was asked for', async () => {
    const { exit, stderr } = await open(embedded).run(
      'status',
      [],
      env({ BRICKRAIL_EMBEDDED_COMPUTE: 'simulated' }),
    )
    expect(exit).toBe(0)
    expect(stderr).not.toContain('simulated')
  })

  it.each([
    ['process', 'no code can run here'],
    ['wasm', 'BRICKRAIL_EMBEDDED_COMPUTE is wasm'],
  ])('as %s is bad usage here', async (mode, text) => {
    const { exit, stderr } = await open(embedded).run('status', [], env({ BRICKRAIL_EMBEDDED_COMPUTE: mode }))
    expect(exit).toBe(2)
    expect(stderr).toContain(text)
  })

  it('that is simulated says so in status, and why in a run', async () => {
    const harness = open({
      ...embedded,
      'workspace/lib/hello.py': 'print(1)\n',
    })
    const simulated = env({ BRICKRAIL_EMBEDDED_COMPUTE: 'simulated' })
    expect((await harness.run('deploy', [], simulated)).exit).toBe(0)
    const shown = await harness.run('status', [], simulated)
    expect(shown.stdout).toContain(
      'simulated: no code runs here, as BRICKRAIL_EMBEDDED_COMPUTE=simulated says',
    )
    const without = await harness.run('run', ['workspace/lib/hello.py'], env({}))
    expect(without.stdout).toContain(
      'no code runs here, as there is no Python on the PATH; install Python >= 3.8',
    )
    expect(without.stdout + without.stderr).not.toContain('--compute')
  })

  it('is auto unless something is said', () => {
    expect(readMode(undefined, 'x')).toBe('auto')
    expect(readMode('', 'x')).toBe('auto')
  })
})
