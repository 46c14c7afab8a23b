import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { XMLParser } from 'fast-xml-parser'
import { describe, expect, it } from 'vitest'
import { Fail } from '../../src/errors.ts'
import type { Run } from '../../src/cli/script.ts'
import { named, play, steps, temporary, type Name } from './ci-stage.ts'
import { open } from './project.ts'

describe('a real deployment', () => {
  const deploy = async (env: Record<string, string>) => {
    const harness = open()
    const ran = await harness.run('deploy', ['--timeout', '60'], {
      env: {
        DATABRICKS_HOST: 'http://workspace.test',
        DATABRICKS_TOKEN: harness.emulator.token,
        BRICKRAIL_TARGET: 'dev',
        HOME: harness.folder,
        BRICKRAIL_REPORTS: 'out/reports',
        ...env,
      },
    })
    const reports = join(harness.folder, 'out/reports')
    const read = (name: string) => readFileSync(join(reports, name), 'utf8')
    return {
      ran,
      read,
      names: existsSync(reports) ? readdirSync(reports).sort() : [],
      token: harness.emulator.token,
    }
  }

  it('gitlab: reports in the folder', async () => {
    const { ran, read, names, token } = await deploy({ GITLAB_CI: 'true' })
    expect(ran).toMatchObject({ exit: 0 })
    expect(names).toEqual(['deploy.junit.xml', 'deploy.md', 'deploy.metrics.txt', 'outputs.env'])
    expect(read('outputs.env')).toMatch(/^BRICKRAIL_DEPLOYMENT=1\nBRICKRAIL_CHANGES=\d+\n$/)
    expect(read('deploy.md')).toMatch(/^### ✅ Brickrail deploy\n/)
    expect(read('deploy.metrics.txt')).toContain(
      'brickrail_changes{command="deploy",target="dev",kind="cluster"} 1\n',
    )
    const xml = new XMLParser({ ignoreAttributes: false }).parse(read('deploy.junit.xml')) as {
      testsuites: { '@_failures': string; testsuite: { testcase: { '@_name': string; '@_time': string }[] } }
    }
    const cases = xml.testsuites.testsuite.testcase
    expect(xml.testsuites['@_failures']).toBe('0')
    expect(cases.map((one) => one['@_name'])).toContain('create cluster Main')
    expect(cases.some((one) => Number(one['@_time']) > 0)).toBe(true)
    expect(names.map(read).join('') + ran.stderr).not.toContain(token)
  })

  it('github: summary, and outputs for later jobs', async () => {
    const folder = temporary()
    const env = {
      GITHUB_ACTIONS: 'true',
      GITHUB_STEP_SUMMARY: join(folder, 's'),
      GITHUB_OUTPUT: join(folder, 'o'),
    }
    const { ran } = await deploy(env)
    expect(ran.exit).toBe(0)
    expect(readFileSync(env.GITHUB_STEP_SUMMARY, 'utf8')).toMatch(/^### ✅ Brickrail deploy\n/)
    expect(readFileSync(env.GITHUB_OUTPUT, 'utf8')).toMatch(
      /^deployment<<(\S+)\n1\n\1\nchanges<<(\S+)\n\d+\n\2\n$/,
    )
  })

  it('azure: the same as commands, and none on stdout', async () => {
    const folder = temporary()
    const { ran } = await deploy({ TF_BUILD: 'True', AGENT_TEMPDIRECTORY: folder })
    const outputs = named('azure', ran.stderr, /setvariable/)
    const [summary] = named('azure', ran.stderr, /uploadsummary/)
    expect(readFileSync(summary?.data ?? '', 'utf8')).toMatch(/^### ✅ Brickrail deploy\n/)
    expect(outputs.map(({ properties, data }) => [properties['variable'], data])).toEqual([
      ['deployment', '1'],
      ['changes', expect.stringMatching(/^\d+$/)],
    ])
    expect(named('azure', ran.stdout, /vso|task/)).toEqual([])
  })
})

describe('what cannot be written', () => {
  it.each([
    ['the folder of reports', 'the reports were not written', {}],
    [
      'the summary of the host',
      'the summary was not handed to the CI host',
      { GITHUB_STEP_SUMMARY: '/dev/null/x' },
    ],
  ])('%s is worth a warning only', async (_name, text, env: Record<string, string>) => {
    const cwd = temporary()
    writeFileSync(join(cwd, 'file'), '')
    const given = Object.keys(env).length > 0 ? env : { BRICKRAIL_REPORTS: 'file/x' }
    const { exit, stderr } = await play('github', steps, { env: given, world: { cwd } })
    expect(exit).toBe(0)
    expect(stderr).toContain(`warning: ${text}: `)
    expect(named('github', stderr, /warning/)).toHaveLength(1)
  })

  const full = '/dev/full'
  const done = 'deployment<<'

  it('a summary that is lost takes no output with it', async () => {
    const cwd = temporary()
    const output = join(cwd, 'output')
    const github = { GITHUB_STEP_SUMMARY: full, GITHUB_OUTPUT: output }
    expect((await play('github', steps, { env: github, world: { cwd } })).exit).toBe(0)
    expect(readFileSync(output, 'utf8')).toContain(done)

    const azure = { AGENT_TEMPDIRECTORY: join(cwd, 'absent') }
    const { exit, stderr } = await play('azure', steps, { env: azure, world: { cwd } })
    expect([exit, named('azure', stderr, /setvariable/).length]).toEqual([0, 2])
    expect(stderr).toContain('the summary was not handed to the CI host: ENOENT')

    const blocked = { BRICKRAIL_REPORTS: 'reports' }
    mkdirSync(join(cwd, 'reports/deploy.junit.xml'), { recursive: true })
    expect((await play('gitlab', steps, { env: blocked, world: { cwd } })).exit).toBe(0)
    expect(readFileSync(join(cwd, 'reports/outputs.env'), 'utf8')).toContain('BRICKRAIL_CHANGES=2\n')
  })

  it.each<[Name, string, Record<string, string>, RegExp]>([
    ['github', 'ENOSPC', { GITHUB_OUTPUT: full }, /GITHUB_OUTPUT cannot be written: ENOSPC/],
    ['gitlab', 'a folder', { BRICKRAIL_REPORTS: 'r' }, /r\/outputs\.env cannot be written: EISDIR/],
    ['gitlab', 'no folder', { BRICKRAIL_REPORTS: 'file/x' }, /x\/outputs\.env cannot be written: E/],
  ])('outputs that are lost make a run red, and its summary too: %s, %s', async (host, _why, env, says) => {
    const cwd = temporary()
    writeFileSync(join(cwd, 'file'), '')
    mkdirSync(join(cwd, 'r/outputs.env'), { recursive: true })
    const args = ['--summary', 'summary.md', '-o', 'json']
    const { exit, stdout } = await play(host, steps, { env, args, world: { cwd } })
    expect(exit).toBe(4)
    const document = JSON.parse(stdout) as { ok: boolean; failure: { code: string; message: string } }
    expect(document).toMatchObject({ ok: false, exit: 4, failure: { code: 'OUTPUTS_LOST' } })
    expect(document.failure.message).toMatch(says)
    const summary = readFileSync(join(cwd, 'summary.md'), 'utf8')
    expect(summary).toMatch(/^### ❌ Brickrail deploy \(exit 4\)\n/)
    expect(summary).toContain('cannot be written')
  })

  it('a run without outputs loses none, and the exit code of a failure stays', async () => {
    const env = { GITHUB_OUTPUT: full }
    expect((await play('github', () => undefined, { env })).exit).toBe(0)
    const failing = ({ emit }: Run) => {
      emit({ type: 'result', data: { deployment: 7, changes: 2 }, text: '' })
      throw new Fail('LOCK_LOST', { why: 'x' })
    }
    const { exit, stderr } = await play('github', failing, { env })
    expect(exit).toBe(6)
    expect(stderr).toContain('GITHUB_OUTPUT cannot be written')
  })

  it('the outputs of an earlier command are not taken for those of this one', async () => {
    const cwd = temporary()
    const env = { BRICKRAIL_REPORTS: 'r' }
    await play('gitlab', steps, { env, world: { cwd } })
    await play(
      'gitlab',
      ({ emit }) => emit({ type: 'result', data: { deployment: null, changes: 0 }, text: '' }),
      { env, world: { cwd } },
    )
    expect(readFileSync(join(cwd, 'r/outputs.env'), 'utf8')).toBe('BRICKRAIL_CHANGES=0\n')
  })
})

it.each(['', ' ', '$(BRICKRAIL_REPORTS)'])('«%s» is no folder for reports', async (value) => {
  const cwd = temporary()
  await play('gitlab', steps, { env: { BRICKRAIL_REPORTS: value }, world: { cwd } })
  expect(readdirSync(cwd)).toEqual([])
})
