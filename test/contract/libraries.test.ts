import { describe, expect, it } from 'vitest'
import { isMissing } from '../../src/http/api-error.ts'
import { systemClock as clock } from '../../src/http/clock.ts'
import { poll } from '../../src/http/poll.ts'
import type { Library, LibraryFullStatus, LibraryStatus } from '../../src/wire/libraries.ts'
import { computeOf, pace } from './compute.ts'
import { exercisesEveryEndpointOf } from './coverage.ts'
import { costly, real, open, refused } from './subject.ts'

const subject = await open()
const { client, setup } = subject
const { libraries } = client
const compute = computeOf(subject)
const own = await open('fetch')

const pypi = (name: string): Library => ({ pypi: { package: name } })
const statuses = async (id: string): Promise<LibraryFullStatus[]> =>
  (await libraries.clusterStatus({ cluster_id: id })).library_statuses ?? []
const statusOf = async (id: string, library: Library): Promise<LibraryFullStatus | undefined> =>
  (await statuses(id)).find((one) => JSON.stringify(one.library) === JSON.stringify(library))

/** Every status seen until the library is there, or failed; without repeats. */
const untilDone = async (id: string, library: Library): Promise<LibraryStatus[]> => {
  const seen: LibraryStatus[] = []
  await poll({
    read: () => statusOf(id, library),
    done: (found) => {
      if (found !== undefined && seen.at(-1) !== found.status) seen.push(found.status)
      return found?.status === 'INSTALLED' || found?.status === 'FAILED'
    },
    state: (found) => found?.status ?? 'absent',
    what: `${JSON.stringify(library)} to be installed`,
    hint: 'look at its messages',
    clock,
    ...pace,
  })
  return seen
}
const installed = async (id: string, library: Library): Promise<void> => {
  await libraries.install({ cluster_id: id, libraries: [library] })
  expect((await untilDone(id, library)).at(-1)).toBe('INSTALLED')
}

describe('libraries', () => {
  it('of an unknown cluster are a 400, and yet missing', async () => {
    const refusal = await refused(libraries.clusterStatus({ cluster_id: '0101-000000-abcdefgh' }))
    expect(refusal).toMatchObject({ status: 400, errorCode: 'INVALID_PARAMETER_VALUE' })
    expect(isMissing(refusal)).toBe(true)
  })

  it.skipIf(costly)('that nobody asked for are no empty list', async () => {
    const id = await compute.create()
    expect(await libraries.clusterStatus({ cluster_id: id })).toEqual({ cluster_id: id })
  })

  it.skipIf(costly)('are on the way before they are INSTALLED', async () => {
    const id = await compute.shared('RUNNING')
    const library = pypi('simplejson==3.8.0')
    expect(await libraries.install({ cluster_id: id, libraries: [library] })).toEqual({})
    const seen = await untilDone(id, library)
    expect(seen.length).toBeGreaterThan(1)
    expect(['PENDING', 'RESOLVING', 'INSTALLING']).toEqual(expect.arrayContaining(seen.slice(0, -1)))
    expect(seen.at(-1)).toBe('INSTALLED')
  })

  it.skipIf(costly)('that cannot be installed are FAILED, with the reason', async () => {
    const id = await compute.shared('RUNNING')
    const name = subject.unique('no-such-package')
    if (!real) await subject.control('outcomes', { library: name, messages: ['no matching distribution'] })
    await libraries.install({ cluster_id: id, libraries: [pypi(name)] })
    expect((await untilDone(id, pypi(name))).at(-1)).toBe('FAILED')
    expect((await statusOf(id, pypi(name)))?.messages?.join('')).toMatch(/./)
  })

  it.skipIf(costly)('again are no change', async () => {
    const id = await compute.shared('RUNNING')
    await installed(id, pypi('six==1.16.0'))
    await libraries.install({ cluster_id: id, libraries: [pypi('six==1.16.0')] })
    expect(await statusOf(id, pypi('six==1.16.0'))).toMatchObject({ status: 'INSTALLED' })
  })

  it.skipIf(costly)('of every cluster are listed by cluster', async () => {
    const id = await compute.shared('RUNNING')
    await installed(id, pypi('six==1.16.0'))
    const { statuses: all = [] } = await libraries.allClusterStatuses({})
    const { library_statuses: found } = all.find(({ cluster_id: listed }) => listed === id) ?? {}
    expect(found?.map(({ library }) => library)).toContainEqual(pypi('six==1.16.0'))
  })

  it.each([
    ['two sources', { ...pypi('a'), cran: { package: 'b' } }],
    ['no source', {}],
  ])('with %s are refused', async (_, library) => {
    const id = real ? '0101-000000-abcdefgh' : await compute.shared('RUNNING')
    const refusal = await refused(libraries.install({ cluster_id: id, libraries: [library] }))
    expect(refusal.status).toBe(400)
  })

  const kinds: Library[] = [
    { pypi: { package: 'a==1', repo: 'https://pypi.example.com/simple' } },
    { cran: { package: 'ada', repo: 'https://cran.example.com' } },
    { maven: { coordinates: 'g:a:1', exclusions: ['x:*'] } },
    { whl: '/Workspace/Shared/a-1-py3-none-any.whl' },
    { jar: 'dbfs:/a.jar' },
    { egg: 'dbfs:/a.egg' },
    { requirements: '/Workspace/Shared/requirements.txt' },
  ]
  it.skipIf(real).each(kinds)('come back as they were given: %o', async (library) => {
    const id = await compute.shared('TERMINATED')
    await libraries.install({ cluster_id: id, libraries: [library] })
    expect((await statuses(id)).map((one) => one.library)).toContainEqual(library)
  })

  it.skipIf(real)('on a TERMINATED cluster wait for its start', async () => {
    const id = await compute.create()
    await setup.clusters.delete({ cluster_id: id })
    await compute.statesUntil(id, 'TERMINATED')
    await libraries.install({ cluster_id: id, libraries: [pypi('wait')] })
    for (const _ of [1, 2]) expect(await statusOf(id, pypi('wait'))).toMatchObject({ status: 'PENDING' })
    await setup.clusters.start({ cluster_id: id })
    expect((await untilDone(id, pypi('wait'))).at(-1)).toBe('INSTALLED')
  })

  it.skipIf(real)('of no cluster at all are {}', async () => {
    expect(await own.client.libraries.allClusterStatuses({})).toEqual({})
  })
})

describe('libraries/uninstall', () => {
  it.skipIf(costly)('marks, and the next restart removes', async () => {
    const id = await compute.shared('RUNNING')
    const [goes, stays] = [pypi('toolz==0.12.0'), pypi('six==1.16.0')]
    for (const library of [goes, stays]) await installed(id, library)
    await libraries.uninstall({ cluster_id: id, libraries: [goes] })
    expect(await statusOf(id, goes)).toMatchObject({ status: 'UNINSTALL_ON_RESTART' })
    // Wanted ones come first, marked ones last.
    expect((await statuses(id)).at(-1)?.library).toEqual(goes)
    await setup.clusters.restart({ cluster_id: id })
    await compute.statesUntil(id, 'RUNNING')
    expect((await untilDone(id, stays)).at(-1)).toBe('INSTALLED')
    expect(await statusOf(id, goes)).toBeUndefined()
  })

  it.skipIf(costly)('is taken back by install', async () => {
    const id = await compute.shared('RUNNING')
    await installed(id, pypi('tabulate==0.9.0'))
    await libraries.uninstall({ cluster_id: id, libraries: [pypi('tabulate==0.9.0')] })
    await libraries.install({ cluster_id: id, libraries: [pypi('tabulate==0.9.0')] })
    expect((await untilDone(id, pypi('tabulate==0.9.0'))).at(-1)).toBe('INSTALLED')
  })

  it.skipIf(costly)('takes a version for another library', async () => {
    const id = await compute.shared('RUNNING')
    await installed(id, pypi('idna==3.6'))
    await libraries.uninstall({ cluster_id: id, libraries: [pypi('idna==3.7')] })
    expect(await statusOf(id, pypi('idna==3.6'))).toMatchObject({ status: 'INSTALLED' })
    expect(await statusOf(id, pypi('idna==3.7'))).toBeUndefined()
  })
})

exercisesEveryEndpointOf('libraries', subject)
