import { describe, expect, it } from 'vitest'
import { outOfReach as said } from '../../src/compute/texts.ts'
import { outOfReach, planLibraries } from '../../src/plan/libraries.ts'
import { cluster, ours, planOne, pypi, status, steps } from './build.ts'

describe('a library that is SKIPPED', () => {
  it('is left alone where that is allowed, and tells why', () => {
    const reason = 'there is no Rscript on this machine'
    const observed = [{ library: pypi('x'), status: 'SKIPPED' as const, messages: [reason] }]
    const wanted = { libraries: [pypi('x'), pypi('y')], librariesExclusive: false }
    const allowed = planLibraries({ ...wanted, librariesSkipped: 'allow' }, observed, [])
    expect(allowed).toMatchObject({ install: [pypi('y')], skipped: 'allow' })
    expect(allowed.notes).toEqual([`pypi x SKIPPED: ${reason}`])
    const refused = planLibraries(wanted, observed, [])
    expect(refused).toMatchObject({ install: [pypi('x'), pypi('y')], notes: [] })
  })

  it('for want of a network is tried again, and the plan says so', () => {
    expect(outOfReach).toBe(said)
    const observed = [
      { library: pypi('x'), status: 'SKIPPED' as const, messages: [`${said} from this machine: dns error`] },
    ]
    const wanted = { libraries: [pypi('x')], librariesExclusive: false }
    for (const one of [wanted, { ...wanted, librariesSkipped: 'allow' as const }])
      expect(planLibraries(one, observed, [])).toMatchObject({
        install: [pypi('x')],
        notes: ['try pypi x again: its package index could not be reached'],
      })
  })

  it('is no write where it is allowed, and is tried again elsewhere', () => {
    const there = ours({ libraries: [status('x', 'SKIPPED')] })
    const wanted = cluster({ libraries: [pypi('x')] })
    expect(steps(planOne({ ...wanted, librariesSkipped: 'allow' }, { owned: [there] }))).toEqual([])
    expect(steps(planOne(wanted, { owned: [there] }))).not.toEqual([])
  })
})
