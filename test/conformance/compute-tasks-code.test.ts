import { readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Work } from '../../src/compute/compute.ts'
import { cells, file, like, magic, notebook, openRuns } from './runs.ts'

const runs = openRuns()
afterAll(runs.dispose)

describe('files', () => {
  it('run as __main__, with their arguments, beside their modules', async () => {
    const path = runs.write(
      'dbfs/datalake/code/model/train.py',
      'import json, sys, params\nprint(json.dumps([__name__, __file__, sys.argv, sys.path[0], params.__file__]))',
    )
    runs.write('dbfs/datalake/code/model/params.py', '')
    const { log } = await runs.finish({ kind: 'file', path, parameters: ['{"max_depth": 80}', 'é 🚄', ''] })
    const here = '/dbfs/datalake/code/model'
    expect(JSON.parse(log)).toEqual([
      '__main__',
      `${here}/train.py`,
      [`${here}/train.py`, '{"max_depth": 80}', 'é 🚄', ''],
      here,
      `${here}/params.py`,
    ])
    expect(readdirSync(join(runs.root, 'dbfs/datalake/code/model'))).toEqual(['params.py', 'train.py'])
  })

  it('reach /dbfs and /Workspace by the names they have on the service', async () => {
    runs.write('workspace/Shared/lib/helper.py', 'def twice(x): return 2 * x')
    const own = openRuns()
    own.write('workspace/Shared/lib/helper.py', 'def twice(x): return 2 * x')
    const source = readFileSync(join(import.meta.dirname, 'compute', 'paths.py'), 'utf8')
    const path = own.write('dbfs/code/paths.py', source)
    const { log } = await own.finish({ kind: 'file', path, parameters: [] })
    await own.dispose()
    expect(log).toBe('ok /dbfs/code/paths.py\n')
  })

  it.each([
    ['raise SystemExit', 'SUCCESS', undefined],
    ['import sys; sys.exit(0)', 'SUCCESS', undefined],
    ['import sys; sys.exit(1)', 'FAILED', 'SystemExit: 1'],
    ['import sys; sys.exit("no data")', 'FAILED', 'SystemExit: no data'],
    ['raise ValueError("max_depth is missing\\nmore")', 'FAILED', 'ValueError: max_depth is missing'],
    ['raise ValueError', 'FAILED', 'ValueError'],
    ['class Odd(Exception): pass\nraise Odd("é")', 'FAILED', 'Odd: é'],
    ['import json; json.loads("{")', 'FAILED', /^json\.decoder\.JSONDecodeError: Expecting property name/],
    ['def f(): f()\nf()', 'FAILED', /^RecursionError: maximum recursion depth exceeded/],
    ['raise KeyboardInterrupt', 'FAILED', 'KeyboardInterrupt'],
    ['x = = 1', 'FAILED', 'SyntaxError: invalid syntax'],
    ['import nothing_like_that', 'FAILED', "ModuleNotFoundError: No module named 'nothing_like_that'"],
    ['print("\\ud800")', 'SUCCESS', undefined],
    ['import sys; sys.stdin.read(1) and 1/0', 'SUCCESS', undefined],
    [
      'import sys; sys.stdout.close(); sys.stderr.close(); 1/0',
      'FAILED',
      'ZeroDivisionError: division by zero',
    ],
    ['import sys; sys.stdout = sys.stderr = None', 'SUCCESS', undefined],
    ['import os; os.write(1, b"\\xff\\xfe")', 'SUCCESS', undefined],
    ['import atexit; atexit.register(lambda: 1 / 0)', 'SUCCESS', undefined],
  ])('end as they should: %s', async (source, outcome, error) => {
    const result = await runs.finish(file(runs, source))
    expect(result.outcome).toBe(outcome)
    expect(result.error).toEqual(like(error))
  })

  it('show a trace of their own frames, with the paths of the service', async () => {
    const path = runs.write('dbfs/code/trace.py', 'def f(x):\n    return open(x)\n\nf("/dbfs/none")\n')
    const { trace, log } = await runs.finish({ kind: 'file', path, parameters: [] })
    expect(trace?.replaceAll(/^\s*[~^]+\n/gm, '')).toBe(
      [
        'Traceback (most recent call last):',
        '  File "/dbfs/code/trace.py", line 4, in <module>',
        '    f("/dbfs/none")',
        '  File "/dbfs/code/trace.py", line 2, in f',
        '    return open(x)',
        "FileNotFoundError: [Errno 2] No such file or directory: '/dbfs/none'",
      ].join('\n'),
    )
    expect(log).toBe(`${trace}\n`)
  })

  it('get dbutils as their own imports do', async () => {
    const source = `from databricks.sdk.runtime import dbutils
dbutils.fs.put('dbfs:/from-file.txt', 'x', True)
print(dbutils.secrets.get('s', 'k') == 'value')
try:
    import pyspark
except ImportError:
    print('no pyspark')
else:
    from pyspark.dbutils import DBUtils
    DBUtils().fs.ls('/')`
    const { log } = await runs.finish(file(runs, source), { secretScopes: { s: { k: 'value' } } })
    expect(log).toContain('Wrote 1 bytes.\nTrue\n')
  })

  it('find no secret in their environment, arguments or folder', async () => {
    const source = `import os, subprocess
seen = open('/proc/self/environ').read() + open('/proc/self/cmdline').read()
seen += subprocess.run(['grep', '-r', 'hidden-value', os.environ['BRICKRAIL_RUN_FOLDER']], capture_output=True, text=True).stdout
print('hidden-value'[::-1][::-1] in seen)`
    const split = source
      .replace("'hidden-value'[", "('hidden' + '-value')[")
      .replace("'hidden-value'", "'hidden'+'-value'")
    const given = { secretScopes: { s: { k: 'hidden-value' } } }
    expect((await runs.finish(file(runs, split), given)).log).toBe('False\n')
  })
})

/** A distribution as pip leaves it: a package and its metadata, on the path of the run. */
const installed = (): Record<string, string> => {
  const site = 'site-packages'
  const info = `${site}/tesseract_jobs-1.2.0.dist-info`
  runs.write(`${info}/METADATA`, 'Metadata-Version: 2.1\nName: tesseract-jobs\nVersion: 1.2.0\n')
  runs.write(
    `${info}/entry_points.txt`,
    '[console_scripts]\ntrain = tesseract.jobs:train\n[jobs]\nscore = tesseract.jobs:Jobs.score\n',
  )
  runs.write(`${info}/top_level.txt`, 'tesseract\n')
  runs.write(`${site}/tesseract/__init__.py`, 'def main(): print("main of the package")\n')
  runs.write(
    `${site}/tesseract/jobs.py`,
    'import sys\ndef train(): print(sys.argv)\nclass Jobs:\n    @staticmethod\n    def score(): raise ValueError("no model")\n',
  )
  return { PYTHONPATH: join(runs.root, site) }
}

const wheel = (entryPoint: string, packageName = 'tesseract-jobs'): Work => ({
  kind: 'wheel',
  packageName,
  entryPoint,
  parameters: entryPoint === 'train' ? ['a', 'b c'] : [],
  named: entryPoint === 'train' ? { depth: '80' } : {},
})

describe('wheels', () => {
  it.each([
    [wheel('train'), { outcome: 'SUCCESS', log: "['train', 'a', 'b c', '--depth=80']\n" }],
    [wheel('train', 'Tesseract_Jobs'), { outcome: 'SUCCESS' }],
    [wheel('main'), { outcome: 'SUCCESS', log: 'main of the package\n' }],
    [wheel('tesseract.jobs:train'), { log: "['tesseract.jobs:train']\n" }],
    [wheel('score'), { outcome: 'FAILED', error: 'ValueError: no model' }],
    [
      wheel('tain'),
      {
        error:
          'ImportError: the package tesseract-jobs 1.2.0 has no entry point tain and no function of that name; entry points: score, train',
      },
    ],
    [
      wheel('main', 'nothing'),
      { error: expect.stringContaining('the package nothing is not installed here') },
    ],
    [wheel('tesseract.none:f'), { error: "ModuleNotFoundError: No module named 'tesseract.none'" }],
  ])('start at their entry point: %j', async (work, expected) => {
    expect(await runs.finish(work, { env: installed() })).toMatchObject(expected)
  })
})

describe('contexts', () => {
  it('keep state between commands and answer with output, error and trace', async () => {
    const { running } = await runs.begin({ kind: 'context' }, { secrets: ['s3cr3t-value'] })
    expect(await running.send('x = 20\nprint("é")')).toEqual({ ok: true, text: 'é\n' })
    const two = [running.send('x += 1'), running.send('x * 2')]
    expect(await Promise.all(two)).toEqual([
      { ok: true, text: '' },
      { ok: true, text: '42\n' },
    ])
    expect(await running.send('import sys\nprint("err", file=sys.stderr)\n1 / 0')).toEqual({
      ok: false,
      text: 'err\n',
      summary: 'ZeroDivisionError: division by zero',
      trace: expect.stringContaining('Cell 4, line 3'),
    })
    expect(await running.send('if')).toMatchObject({
      ok: false,
      summary: 'SyntaxError: Cell 5, line 1: invalid syntax: if',
    })
    expect(await running.send('import sys; sys.exit(3)')).toMatchObject({
      ok: false,
      summary: 'SystemExit: 3',
    })
    expect(await running.send('%sh echo from $((1 + 1))')).toEqual({ ok: true, text: 'from 2\n' })
    expect(await running.send('"s3cr3t-" + "value"')).toEqual({ ok: true, text: "'[REDACTED]'\n" })
    expect(await running.send('dbutils.notebook.exit("v")')).toEqual({
      ok: true,
      text: 'Notebook exited: v\n',
    })
    expect((await running.send('print("x" * 6_000_000)')).text).toHaveLength(5 * 1024 * 1024 + 6)
    expect(await running.send('import os; os.write(3, b"no answer\\n"); 7')).toMatchObject({ ok: true })
    const dying = running.send('import os; os._exit(9)')
    expect(await dying).toMatchObject({ ok: false, summary: expect.stringContaining('exit code 9') })
    expect(await running.send('1')).toMatchObject({ ok: false })
    expect(await running.done).toMatchObject({ outcome: 'FAILED' })
  })

  it('end by cancel, with the command that runs', async () => {
    const { running } = await runs.begin({ kind: 'context' })
    const sent = running.send('import time; time.sleep(600)')
    expect(await running.cancel()).toEqual({ outcome: 'CANCELED' })
    expect(await sent).toMatchObject({ ok: false, summary: 'the Python process ended with signal SIGTERM' })
  })

  it('alone take commands', async () => {
    const { running } = await runs.begin(notebook(cells('1', magic('%md hello'))))
    await expect(running.send('1')).rejects.toThrow('only a context')
    expect(await running.done).toEqual({ outcome: 'SUCCESS' })
  })
})

it('a place that was given by a link is shown by the names of the service all the same', async () => {
  symlinkSync(runs.root, `${runs.root}-link`)
  const linked = { dbfsRoot: `${runs.root}-link/dbfs`, workspaceRoot: `${runs.root}-link/none/yet` }
  const source = `import os, sys
os.chdir('/dbfs/code')
os.makedirs('/Workspace/Users')
print(os.getcwd(), os.path.dirname(__file__), os.listdir('/Workspace'))`
  const work = file(runs, source)
  const { log } = await runs.finish(work, linked)
  rmSync(`${runs.root}-link`)
  expect(log).toBe("/dbfs/code /dbfs/code ['Users']\n")
})
