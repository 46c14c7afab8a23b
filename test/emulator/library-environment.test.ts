import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Compute, EnvironmentRequest } from '../../src/compute/compute.ts'
import { outOfReach } from '../../src/compute/texts.ts'
import { newRecord, save } from '../../src/emulator/cluster/record.ts'
import { environmentOf } from '../../src/emulator/library/environment.ts'
import { finishedInstalling, startInstalling } from '../../src/emulator/library/pump.ts'
import { findLibrary, saveLibrary } from '../../src/emulator/library/rows.ts'
import { startClock } from '../../src/emulator/server/clock.ts'
import { openFolder } from '../../src/emulator/server/site.ts'
import { openStore } from '../../src/emulator/server/store.ts'
import type { Library } from '../../src/wire/libraries.ts'
import { machine } from './machine.ts'

const pypi = (name: string): Library => ({ pypi: { package: name } })
const namesIn = ({ libraries }: Pick<EnvironmentRequest, 'libraries'>) =>
  libraries.map(({ pypi: one }) => one?.package)

/** A workspace with one RUNNING cluster that wants these libraries. */
const workspace = (compute: Compute | undefined, ...wanted: Library[]) => {
  const db = openStore(undefined)
  startClock(db)
  const folder = openFolder(undefined)
  const unused = async () => {
    throw new Error('nothing listens in these tests')
  }
  const site = {
    folder: folder.get,
    compute,
    lenient: false,
    simulated: 'no code runs here',
    url: unused,
    later: (work: () => void) => work(),
    owner: 'test',
    wake: () => undefined,
    forgetRuns: () => undefined,
  }
  const at = Date.now()
  const cluster = newRecord(db, { cluster_name: 'c' }, 'me', 'API', at)
  save(db, { ...cluster, state: 'RUNNING', running_since: at })
  for (const library of wanted) saveLibrary(db, cluster.cluster_id, { library, added_at: at })
  const services = { db, site, mode: 'instant' as const }
  const stop = startInstalling(services)
  onTestFinished(() => {
    stop()
    db.close()
    folder.close()
  })
  return { services, id: cluster.cluster_id }
}

describe('environmentOf', () => {
  it('waits for the libraries of the cluster, and adds those of the task', async () => {
    const { compute, requests } = machine()
    const { services, id } = workspace(compute, pypi('own'))
    const { python, outcomes } = await environmentOf(services, id, [pypi('extra')])
    expect(python).toBe('/p')
    expect(requests.map(namesIn)).toEqual([['own'], ['own', 'extra']])
    expect(outcomes.map(({ library }) => library)).toEqual([pypi('extra')])
  })

  it('leaves out what is not installed on the cluster, or marked for removal', async () => {
    const { compute, requests } = machine(({ libraries }) =>
      libraries.map((library) => {
        const bad = library.pypi?.package === 'bad'
        return { library, status: bad ? 'FAILED' : 'INSTALLED', messages: [] }
      }),
    )
    const { services, id } = workspace(compute, pypi('good'), pypi('bad'), pypi('goes'))
    await environmentOf(services, id, [])
    const record = findLibrary(services.db, id, pypi('goes'))
    saveLibrary(services.db, id, { library: pypi('goes'), added_at: 0, ...record, marked: true })
    await environmentOf(services, id, [])
    expect(requests.map(namesIn).slice(1)).toEqual([['good', 'goes'], ['good']])
  })

  it('tries once more what only the network kept away, and not again within a minute', async () => {
    let online = false
    const { compute, requests } = machine(({ libraries }) =>
      libraries.map((library) => {
        const name = library.pypi?.package ?? ''
        if (online || name === 'there') return { library, status: 'INSTALLED', messages: [] }
        const why = name === 'never' ? 'no JVM code runs here' : `${outOfReach} from this machine: dns error`
        return { library, status: 'SKIPPED', messages: [why] }
      }),
    )
    const { services, id } = workspace(compute, pypi('there'), pypi('away'), pypi('never'))
    await finishedInstalling(services, id)
    await environmentOf(services, id, [])
    await environmentOf(services, id, [])
    expect(requests.map(namesIn)).toEqual([
      ['there', 'away', 'never'],
      ['there', 'away'],
      ['there'],
      ['there'],
    ])
    online = true
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000)
    onTestFinished(() => void vi.restoreAllMocks())
    await environmentOf(services, id, [])
    expect(requests.map(namesIn).at(-1)).toEqual(['there', 'away'])
    expect(findLibrary(services.db, id, pypi('away'))?.real?.status).toBe('INSTALLED')
    expect(findLibrary(services.db, id, pypi('never'))?.real?.status).toBe('SKIPPED')
  })

  it('tells of a library of the task that the cluster has already', async () => {
    const { compute, requests } = machine()
    const { services, id } = workspace(compute, pypi('own'))
    const { outcomes } = await environmentOf(services, id, [pypi('own')])
    expect(outcomes).toEqual([{ library: pypi('own'), status: 'INSTALLED', messages: [] }])
    expect(requests.map(namesIn).at(-1)).toEqual(['own'])
  })

  it('without a cluster is that of the task alone', async () => {
    const { compute, requests } = machine()
    const { services } = workspace(compute)
    await environmentOf(services, undefined, [pypi('extra')])
    expect(requests.map(namesIn)).toEqual([['extra']])
  })

  it('is not waited for when the run is cancelled', async () => {
    const stuck: Compute = { ...machine().compute, environment: () => new Promise(() => undefined) }
    const { services, id } = workspace(stuck, pypi('own'))
    const cancelled = new AbortController()
    setTimeout(() => cancelled.abort(new Error('cancelled')), 50)
    await expect(environmentOf(services, id, [], cancelled.signal)).rejects.toThrow('cancelled')
  })

  it('does not exist where nothing runs', async () => {
    const { services, id } = workspace(undefined)
    await expect(environmentOf(services, id, [])).rejects.toThrow('no code runs here')
  })
})
