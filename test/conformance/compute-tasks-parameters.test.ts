import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { cells, notebook, openRuns } from './runs.ts'

const runs = openRuns()
afterAll(runs.dispose)

const other = (path: string, ...texts: string[]) =>
  runs.write(`workspace/${path}`, `# Databricks notebook source\n${cells(...texts)}\n`)

const run = async (...texts: string[]) => await runs.finish(notebook(cells(...texts)))

describe('parameters and results', () => {
  it('arrive as given, as strings, and win over defaults', async () => {
    const source = `dbutils.widgets.text('max_depth', '5', 'Depth')
dbutils.widgets.dropdown('kind', 'a', ['a', 'b'])
dbutils.widgets.combobox('c', 'x', ['y'])
dbutils.widgets.multiselect('m', 'x', ['x', 'y'])
print(dbutils.widgets.getAll())
print(getArgument('max_depth'), dbutils.widgets.getArgument('none', 3))
dbutils.widgets.remove('kind')
print(sorted(dbutils.widgets.getAll()))
dbutils.widgets.removeAll()
print(dbutils.widgets.getAll())`
    const { log } = await runs.finish(notebook(source, { max_depth: '80', n: '{"é": 1}' }))
    expect(log.split('\n')).toEqual([
      `{'max_depth': '80', 'kind': 'a', 'c': 'x', 'm': 'x', 'n': '{"é": 1}'}`,
      '80 3',
      "['c', 'm', 'max_depth', 'n']",
      '{}',
      '',
    ])
  })

  it('come from dbutils.notebook.exit, which ends the notebook', async () => {
    const source = cells(
      'try:\n    dbutils.notebook.exit({"r2": 0.9})\nexcept Exception:\n    pass',
      'print("not reached")',
    )
    const { outcome, notebookResult, log } = await runs.finish(notebook(source))
    expect({ outcome, notebookResult, log }).toEqual({
      outcome: 'SUCCESS',
      notebookResult: { result: "{'r2': 0.9}", truncated: false },
      log: '',
    })
  })

  it('are cut at 5 MB, between characters, and hold no secret', async () => {
    const { notebookResult } = await run('dbutils.notebook.exit("é" * 3_000_000)')
    expect(notebookResult?.truncated).toBe(true)
    expect(notebookResult?.result).toBe('é'.repeat((5 * 1024 * 1024) / 2))
    const given = { secrets: ['v4lue-of-s'], secretScopes: { s: { k: 'v4lue-of-s' } } }
    const work = notebook(
      'print(dbutils.secrets.listScopes(), dbutils.secrets.list("s"), dbutils.secrets.getBytes("s", "k"))\ndbutils.notebook.exit("got " + dbutils.secrets.get("s", "k"))',
    )
    const { log, notebookResult: second } = await runs.finish(work, given)
    expect(second?.result).toBe('got [REDACTED]')
    expect(log).toBe("[SecretScope(name='s')] [SecretMetadata(key='k')] b'[REDACTED]'\n")
  })

  it('of dbutils.notebook.run come back, from a namespace of its own', async () => {
    other(
      'Shared/project/child',
      'value = dbutils.widgets.get("n")',
      'helper = 1\ndbutils.notebook.exit(value * 2)',
    )
    other('Shared/project/quiet.py', 'x = "of the child"')
    const { log } = await run(
      'x = 1\nprint(dbutils.notebook.run("./child", 60, {"n": 21}))',
      'print(dbutils.notebook.run("/Shared/project/quiet"), x, "helper" in globals())',
    )
    expect(log).toBe('2121\nNone 1 False\n')
  })

  it('do not stay on disk: a result may hold what a log must not', async () => {
    const { id, outcome } = await run('1')
    expect(outcome).toBe('SUCCESS')
    expect(readdirSync(join(runs.folder, id)).sort()).toEqual(['log.txt', 'work'])
  })
})
