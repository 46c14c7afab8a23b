import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { TaskRequest, TaskResult, Work } from '../../src/compute/compute.ts'
import { createTasks } from '../../src/compute/tasks.ts'

/** The python3 of this machine (or another one, by BRICKRAIL_TEST_PYTHON), without environment. */
export const python = execFileSync(
  process.env['BRICKRAIL_TEST_PYTHON'] ?? 'python3',
  ['-c', 'import sys; print(sys.executable)'],
  { encoding: 'utf8' },
).trim()

type Given = Partial<Omit<TaskRequest, 'id' | 'work'>>

/** A place with tasks, DBFS and workspace; everything below one temporary folder. */
export const openRuns = (env: Record<string, string | undefined> = process.env) => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'brickrail-runs-')))
  const folder = join(root, 'runs')
  const tasks = createTasks({ folder, cache: join(root, 'cache'), env })
  let last = 0
  const write = (path: string, text: string): string => {
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    return file
  }
  mkdirSync(join(root, 'dbfs'))
  mkdirSync(join(root, 'workspace'))
  const request = (work: Work, given: Given = {}): TaskRequest => ({
    id: `${++last}`,
    python,
    work,
    env: {},
    dbfsRoot: join(root, 'dbfs'),
    workspaceRoot: join(root, 'workspace'),
    secrets: [],
    secretScopes: {},
    ...given,
  })
  const begin = async (work: Work, given?: Given) => {
    const task = request(work, given)
    return { id: task.id, running: await tasks.start(task) }
  }
  const finish = async (work: Work, given?: Given): Promise<TaskResult & { id: string; log: string }> => {
    const { id, running } = await begin(work, given)
    return { ...(await running.done), id, log: tasks.log(id, 1_000_000).text }
  }
  return { root, folder, tasks, write, request, begin, finish, dispose: () => dispose(root, tasks.close) }
}

const dispose = async (root: string, close: () => Promise<void>): Promise<void> => {
  await close()
  rmSync(root, { recursive: true, force: true })
}

export type Runs = ReturnType<typeof openRuns>

/** Python source as a task of kind `file` on DBFS. */
export const file = (runs: Runs, source: string, ...parameters: string[]): Work => ({
  kind: 'file',
  path: runs.write(`dbfs/code/main-${Math.random()}.py`, source),
  parameters,
})

export const notebook = (source: string, widgets: Record<string, string> = {}): Work => ({
  kind: 'notebook',
  path: '/Shared/project/main',
  format: 'SOURCE',
  language: 'PYTHON',
  source: `# Databricks notebook source\n${source}`,
  widgets,
})

/** Cells of a SOURCE notebook. */
export const cells = (...texts: string[]): string => texts.join('\n\n# COMMAND ----------\n\n')

/** A cell whose lines are all magic. */
export const magic = (text: string): string =>
  text
    .split('\n')
    .map((line) => `# MAGIC ${line}`.trimEnd())
    .join('\n')

/** Living processes with this text in their environment; from /proc, and without our own eyes on the code under test. */
export const processesWith = (text: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const dead = /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
        return !dead && readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(text)
      } catch {
        return false
      }
    })
    .map(Number)

/** Living processes of a process group. */
export const groupOf = (group: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const [state, , id] = readFileSync(`/proc/${pid}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ')
        return state !== 'Z' && state !== 'X' && Number(id) === group
      } catch {
        return false
      }
    })
    .map(Number)

/** What an error text is compared with: all of it, or a pattern. */
export const like = (text: string | RegExp | undefined): unknown =>
  text instanceof RegExp ? expect.stringMatching(text) : text

/** @throws Error after ten seconds */
export const until = async (what: () => boolean): Promise<void> => {
  for (let left = 500; !what(); left--) {
    if (left === 0) throw new Error('waited in vain')
    await sleep(20)
  }
}

/** Three ways to outlive a run: ignore SIGTERM, be a child in the background, leave session and group. */
export const hanging = `
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork() == 0:
        os.setsid()
        print('away', flush=True)
    time.sleep(600)
subprocess.Popen(['sleep', '600'], start_new_session=True)
print('hangs', flush=True)
time.sleep(600)
`
