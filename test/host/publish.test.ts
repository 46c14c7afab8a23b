import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openHost } from '../../src/host/open.ts'
import type { HostTools } from '../../src/host/host.ts'
import { azure } from './grammars.ts'

const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'brickrail-publish-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const tools = (env: HostTools['env']): HostTools => ({
  env,
  fetch: () => Promise.reject(new Error('nothing is sent')),
  sleep: async () => undefined,
  emit: () => undefined,
  onSecret: () => undefined,
})

const summarize = async (env: HostTools['env'], summary: string) =>
  await openHost(env).publishing.addSummary(tools(env), summary)

const setOutputs = async (env: HostTools['env'], outputs: Record<string, string>) =>
  await openHost(env).publishing.setOutputs(tools(env), outputs)

const limit = 1024 * 1024

describe('github', () => {
  const stage = () => {
    const folder = temporary()
    const files = { summary: join(folder, 'summary.md'), output: join(folder, 'output') }
    writeFileSync(files.summary, '')
    writeFileSync(files.output, 'before=1\n')
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: files.summary, GITHUB_OUTPUT: files.output }
    return { env, read: (name: keyof typeof files) => readFileSync(files[name], 'utf8') }
  }

  it('appends the summaries of all commands of a step', async () => {
    const { env, read } = stage()
    expect(await summarize(env, '### one\n\n| a |\n')).toEqual([])
    await summarize(env, '### two\n')
    expect(read('summary')).toBe('### one\n\n| a |\n\n### two\n\n')
    expect(read('output')).toBe('before=1\n')
  })

  it.each([
    ['fits exactly', limit - '### b\n\n'.length, (before: string) => `${before}### b\n\n`],
    ['does not fit, nor its heading', limit - 3, (before: string) => before],
  ])('a summary that %s', async (_name, size, expected) => {
    const { env, read } = stage()
    const before = 'x'.repeat(size)
    writeFileSync(env.GITHUB_STEP_SUMMARY, before)
    await summarize(env, '### b\n')
    expect(read('summary') === expected(before)).toBe(true)
  })

  it('a summary that is too long for what is left: its heading, and where the rest is', async () => {
    const { env, read } = stage()
    writeFileSync(env.GITHUB_STEP_SUMMARY, 'x\n')
    await summarize(env, `### ❌ b\n\n${'ä'.repeat(limit / 2)}\n`)
    expect(read('summary')).toMatch(/^x\n### ❌ b\n\n_The details are left out: .*_\n\n$/)
  })

  it('outputs between delimiters that no value can hold', async () => {
    const { env, read } = stage()
    await setOutputs(env, { deployment: '7', other: 'EOF\nPATH=/tmp' })
    const [, first = '', second = ''] =
      /^before=1\ndeployment<<(\S+)\n7\n\1\nother<<(\S+)\nEOF\nPATH=\/tmp\n\2\n$/.exec(read('output')) ?? []
    expect(first).toMatch(/^brickrail_[0-9a-f-]{36}$/)
    expect(second).not.toBe(first)
  })

  it('does without the files of a runner that has none', async () => {
    expect(await summarize({ GITHUB_ACTIONS: 'true' }, '### a')).toEqual([])
    expect(await setOutputs({ GITHUB_ACTIONS: 'true' }, { a: '1' })).toEqual([])
  })

  it('fails when later jobs cannot be told', async () => {
    const { env } = stage()
    const lost = setOutputs({ ...env, GITHUB_OUTPUT: '/dev/null/x' }, { a: '1' })
    await expect(lost).rejects.toMatchObject({ code: 'OUTPUTS_LOST', exit: 4 })
    await expect(lost).rejects.toThrow(/GITHUB_OUTPUT cannot be written: ENOTDIR/)
    expect(await setOutputs({ ...env, GITHUB_OUTPUT: '/dev/null/x' }, {})).toEqual([])
  })
})

describe('azure', () => {
  it('uploads a summary of its own from the folder of the agent', async () => {
    const folder = temporary()
    const env = { TF_BUILD: 'True', AGENT_TEMPDIRECTORY: folder }
    const lines = [...(await summarize(env, '### one\n')), ...(await summarize(env, '### two\n'))]
    const paths = lines.map((line) => azure(line)?.data ?? '')
    expect(lines.every((line) => line.startsWith('##vso[task.uploadsummary]'))).toBe(true)
    expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual(['### one\n', '### two\n'])
    expect(paths.map(dirname)).toEqual([folder, folder])
    expect(readdirSync(folder)).toHaveLength(2)
  })

  it('sets outputs for later jobs, whatever they hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('deployment', 'a_1'),
        async (value, name) => {
          const lines = await setOutputs({ TF_BUILD: 'True' }, { [name]: value })
          expect(lines).toHaveLength(1)
          expect(azure(lines[0] ?? '')).toEqual({
            name: 'task.setvariable',
            properties: { variable: name, isOutput: 'true' },
            data: value,
          })
        },
      ),
      { numRuns: 50 },
    )
  })

  it('fails when the summary cannot be written', async () => {
    const env = { TF_BUILD: 'True', AGENT_TEMPDIRECTORY: join(temporary(), 'absent') }
    await expect(summarize(env, '### a')).rejects.toThrow('ENOENT')
  })
})

it.each([
  ['gitlab', { GITLAB_CI: 'true' }],
  ['local', {}],
])('%s takes nothing this way', async (host, env) => {
  expect(openHost(env).context.host).toBe(host)
  expect(openHost(env).publishing.takesOutputs).toBe(false)
  expect(await summarize(env, '### a')).toEqual([])
  expect(await setOutputs(env, { a: '1' })).toEqual([])
})
