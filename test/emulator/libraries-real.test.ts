import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Compute, LibraryOutcome } from '../../src/compute/compute.ts'
import { showReal } from '../../src/emulator/library/real.ts'
import type { RealInstallation } from '../../src/emulator/library/rows.ts'
import { machine } from './machine.ts'
import { base64, runningCluster, settle, spec, workspaceAt, type Ask } from './workspace-at.ts'

const pypi = (name: string) => ({ pypi: { package: name } })

const open = (options: Parameters<typeof workspaceAt>[0]) => {
  const workspace = workspaceAt(options)
  onTestFinished(() => workspace.emulator.close())
  return workspace
}
const look = async (ok: Ask, id: string) => {
  const { body } = await ok('GET', `/api/2.0/libraries/cluster-status?cluster_id=${id}`)
  return (body.library_statuses ?? []) as { status: string; messages?: string[] }[]
}
const states = async (ok: Ask, id: string) => (await look(ok, id)).map(({ status }) => status)
const install = (ok: Ask, id: string, ...libraries: object[]) =>
  ok('POST', '/api/2.0/libraries/install', { cluster_id: id, libraries })
/** Everything that was put off has been done. */
const quiet = async () => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
const temporary = () => {
  const folder = mkdtempSync(join(tmpdir(), 'brickrail-libraries-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

describe('libraries that are really installed', () => {
  it('begin by themselves, and show every state once', async () => {
    const { compute, requests } = machine()
    const { ok } = open({ compute, clock: 'real' })
    const id = await runningCluster(ok)
    await ok('POST', '/_emulator/clock', { advance_ms: 3000 })
    await settle(ok, id)
    await install(ok, id, pypi('a'))
    await quiet()
    expect(requests).toHaveLength(1)
    const seen = []
    for (let turn = 0; turn < 4; turn += 1) seen.push(...(await states(ok, id)))
    expect(seen).toEqual(['PENDING', 'RESOLVING', 'INSTALLING', 'INSTALLED'])
  })

  it('show one intermediate state under the instant clock', async () => {
    const { ok } = open({ compute: machine().compute })
    const id = await runningCluster(ok)
    await install(ok, id, pypi('a'))
    await quiet()
    expect([...(await states(ok, id)), ...(await states(ok, id))]).toEqual(['INSTALLING', 'INSTALLED'])
  })

  it('wait for the cluster, and install anew in its next run', async () => {
    const { compute, requests } = machine()
    const { ok } = open({ compute })
    const { cluster_id: id } = (await ok('POST', '/api/2.1/clusters/create', spec)).body
    await install(ok, id, pypi('a'))
    await quiet()
    expect(requests).toHaveLength(0)
    expect(await states(ok, id)).toEqual(['PENDING'])
    await settle(ok, id)
    await look(ok, id)
    await quiet()
    expect(requests).toHaveLength(1)
    await ok('POST', '/api/2.1/clusters/restart', { cluster_id: id })
    await settle(ok, id)
    await look(ok, id)
    await quiet()
    expect(requests).toHaveLength(2)
  })

  it('have their own outcomes, and are tried again when they are asked for again', async () => {
    const outcomes = new Map<string, LibraryOutcome['status']>([
      ['bad', 'FAILED'],
      ['no', 'SKIPPED'],
    ])
    const { compute, requests } = machine(({ libraries }) =>
      libraries.map((library) => {
        const status = outcomes.get(library.pypi?.package ?? '') ?? 'INSTALLED'
        return { library, status, messages: status === 'INSTALLED' ? [] : [`it is ${status}`] }
      }),
    )
    const { ok } = open({ compute })
    const id = await runningCluster(ok)
    await install(ok, id, pypi('good'), pypi('bad'), pypi('no'))
    await quiet()
    await look(ok, id)
    expect(await look(ok, id)).toMatchObject([
      { status: 'INSTALLED' },
      { status: 'FAILED', messages: ['it is FAILED'] },
      { status: 'SKIPPED', messages: ['it is SKIPPED'] },
    ])
    outcomes.clear()
    await install(ok, id, pypi('bad'))
    await quiet()
    await look(ok, id)
    expect(await states(ok, id)).toEqual(['INSTALLED', 'INSTALLED', 'SKIPPED'])
    // What failed for good is not tried again with the others.
    expect(requests.at(-1)?.libraries).toEqual([pypi('good'), pypi('bad')])
  })

  it.each([
    [true, 'SKIPPED'],
    [false, 'FAILED'],
  ])('without Python are, lenient %s, %s', async (lenient, status) => {
    const { compute } = machine(() => {
      throw new Error('there is no Python')
    })
    const without: Compute = { ...compute, abilities: { ...compute.abilities, python: { missing: 'x' } } }
    const { ok } = open({ compute: without, lenient })
    const id = await runningCluster(ok)
    await install(ok, id, pypi('a'))
    await quiet()
    await look(ok, id)
    expect(await look(ok, id)).toMatchObject([{ status, messages: ['there is no Python'] }])
  })

  it('fail as scripted, without being installed', async () => {
    const { compute, requests } = machine()
    const { ok } = open({ compute })
    const id = await runningCluster(ok)
    await ok('POST', '/_emulator/outcomes', { library: 'a', messages: ['scripted'] })
    await install(ok, id, pypi('a'))
    await quiet()
    await look(ok, id)
    expect(await look(ok, id)).toMatchObject([{ status: 'FAILED', messages: ['scripted'] }])
    expect(requests).toHaveLength(0)
  })

  it('are gone on with by the next emulator on that state', async () => {
    const state = temporary()
    const hanging = machine()
    const stuck: Compute = { ...hanging.compute, environment: () => new Promise(() => undefined) }
    const first = workspaceAt({ compute: stuck, state })
    const id = await runningCluster(first.ok)
    await install(first.ok, id, pypi('a'))
    await quiet()
    await first.emulator.close()
    const { compute, requests } = machine()
    const second = open({ compute, state })
    await quiet()
    expect(requests.map(({ libraries }) => libraries)).toEqual([[pypi('a')]])
    await look(second.ok, id)
    expect(await states(second.ok, id)).toEqual(['INSTALLED'])
  })
})

describe('the bytes of a library', () => {
  it('are those of DBFS and of the workspace, under their own names', async () => {
    const state = temporary()
    const { compute, requests } = machine()
    const { ok } = open({ compute, state })
    mkdirSync(join(state, 'dbfs', 'wheels'), { recursive: true })
    writeFileSync(join(state, 'dbfs', 'wheels', 'a-1-py3-none-any.whl'), 'from dbfs')
    const [wheel, text] = ['dbfs:/wheels/a-1-py3-none-any.whl', '/Workspace/Shared/requirements.txt']
    const content = base64('six==1.16.0\n')
    await ok('POST', '/api/2.0/workspace/import', { path: text, format: 'RAW', content })
    const id = await runningCluster(ok)
    const outside = 'dbfs:/../workspace.db'
    await install(ok, id, { whl: wheel }, { requirements: text }, { whl: outside })
    await quiet()
    const { [wheel]: first = '', [text]: second = '', ...others } = requests[0]?.local ?? {}
    expect([basename(first), readFileSync(first, 'utf8')]).toEqual(['a-1-py3-none-any.whl', 'from dbfs'])
    expect([basename(second), readFileSync(second, 'utf8')]).toEqual(['requirements.txt', 'six==1.16.0\n'])
    expect(others).toEqual({})
  })
})

describe('showReal', () => {
  const at = (status: RealInstallation['status'], shown: number) => ({
    library: pypi('a'),
    added_at: 0,
    real: { run: 1, status, shown },
  })
  it.each([
    ['INSTALLED', 0, 'real', 'PENDING'],
    ['INSTALLED', 1, 'real', 'RESOLVING'],
    ['FAILED', 2, 'real', 'INSTALLING'],
    ['FAILED', 3, 'real', 'FAILED'],
    ['RESOLVING', 1, 'real', 'RESOLVING'],
    ['RESOLVING', 2, 'real', 'RESOLVING'],
    ['INSTALLED', 0, 'instant', 'INSTALLING'],
    ['INSTALLED', 3, 'instant', 'INSTALLED'],
    ['PENDING', 0, 'instant', 'PENDING'],
  ] as const)('%s, after %i shown, clock %s: %s', (status, shown, mode, expected) => {
    expect(showReal(at(status, shown), 1, mode).status).toBe(expected)
  })

  it('begins anew with a new run of the cluster', () => {
    expect(showReal(at('INSTALLED', 3), 2, 'real').status).toBe('PENDING')
  })
})
