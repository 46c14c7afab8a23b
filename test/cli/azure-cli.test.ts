import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Fail } from '../../src/errors.ts'
import { open } from './project.ts'

/** A program `az` in a folder of its own. */
const azure = (folder: string, script: string): Record<string, string> => {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'az'), `#!/bin/bash\n${script}\n`)
  chmodSync(join(bin, 'az'), 0o755)
  return {
    PATH: `${bin}:/usr/bin:/bin`,
    HOME: folder,
    DATABRICKS_HOST: 'http://workspace.test',
    DATABRICKS_AUTH_TYPE: 'azure-cli',
    BRICKRAIL_TARGET: 'dev',
  }
}

it('signs in with what the program prints, and shows it to nobody', async () => {
  const harness = open()
  const answer = JSON.stringify({ accessToken: harness.emulator.token, expires_on: 4_000_000_000 })
  const env = azure(harness.folder, `[ "$1 $2" = "account get-access-token" ] && echo '${answer}'`)
  const { exit, stdout, stderr } = await harness.run('plan', ['-q'], { env })
  expect([exit, stderr]).toEqual([0, expect.any(String)])
  expect(stdout + stderr).not.toContain(harness.emulator.token)
})

it('does not wait for a program that hangs when it is told to stop', async () => {
  const harness = open()
  const controller = new AbortController()
  const env = azure(harness.folder, 'exec sleep 600')
  setTimeout(
    () => controller.abort(new Fail('INTERRUPTED', { signal: 'SIGTERM', what: 'nothing was begun' })),
    300,
  )
  const { exit, stderr } = await harness.run('plan', ['-q'], { env, stop: controller.signal })
  expect([exit, stderr]).toEqual([4, expect.stringContaining('stopped by SIGTERM')])
})
