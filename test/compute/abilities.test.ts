import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { lookUpAbilities, mayHavePython } from '../../src/compute/abilities.ts'

/** A PATH with nothing on it but these programs: name -> shell text. */
const machine = (programs: Record<string, string>): { PATH: string } => {
  const folder = mkdtempSync(join(tmpdir(), 'brickrail-path-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  mkdirSync(join(folder, 'folder'))
  return { PATH: folder }
}

const python = (version: string, venv = true) =>
  `echo 'found {"path": "/opt/python", "version": "${version}", "venv": ${venv}}'`
const java = (version: string) => `echo 'openjdk version "${version}"' >&2`

describe('abilities', () => {
  const good: [string, Record<string, string>, string][] = [
    ['one', { python3: python('3.11.7') }, '3.11.7'],
    ['under the plain name', { python: python('3.8.0') }, '3.8.0'],
    ['old, and a good one', { python3: python('2.7.18'), python: python('3.10.1') }, '3.10.1'],
    ['without venv, with uv', { python3: python('3.11.7', false), uv: 'echo uv 0.5.0' }, '3.11.7'],
  ]
  it.each(good)('Python: %s', (_, programs, version) => {
    expect(lookUpAbilities(machine(programs)).python).toEqual({ path: '/opt/python', version })
  })

  const bad: [string, Record<string, string>, RegExp][] = [
    ['none', {}, /no Python >= 3\.8/],
    ['too old', { python3: python('3.7.9') }, /is Python 3\.7\.9/],
    ['without venv', { python3: python('3.11.7', false) }, /python3-venv/],
    ['a shim of nothing', { python3: 'exit 127' }, /python3 does not run/],
  ]
  it.each(bad)('no Python: %s', (_, programs, reason) => {
    const missing = expect.stringMatching(reason)
    expect(lookUpAbilities(machine(programs)).python).toEqual({ missing })
  })

  it.each(['17.0.9', '21'])('Java %s', (version) => {
    const path = expect.stringMatching(/java$/)
    expect(lookUpAbilities(machine({ java: java(version) })).java).toEqual({ path })
  })

  const badJava: [string, Record<string, string>, RegExp][] = [
    ['of the old numbering', { java: java('1.8.0_392') }, /is Java 8/],
    ['none', {}, /no Java >= 17/],
  ]
  it.each(badJava)('no Java: %s', (_, programs, reason) => {
    const missing = expect.stringMatching(reason)
    expect(lookUpAbilities(machine(programs)).java).toEqual({ missing })
  })

  it('are looked up once, and only when they are asked for', () => {
    const env = machine({ uv: 'echo uv 0.5.0', Rscript: 'echo R' })
    const abilities = lookUpAbilities(env)
    expect(abilities.uv).toBe(join(env.PATH, 'uv'))
    rmSync(join(env.PATH, 'uv'))
    rmSync(join(env.PATH, 'Rscript'))
    expect(abilities.uv).toBe(join(env.PATH, 'uv'))
    expect(abilities.rscript).toEqual({ missing: 'there is no Rscript on this machine' })
  })

  it('are guessed from the PATH without a process', () => {
    expect(mayHavePython(machine({ python3: 'exit 1' }))).toBe(true)
    expect(mayHavePython(machine({ java: java('17') }))).toBe(false)
    expect(mayHavePython({ PATH: 'relative' })).toBe(false)
  })
})
