import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cells, like, magic, notebook, openRuns } from './runs.ts'

const runs = openRuns()
afterAll(runs.dispose)

const other = (path: string, ...texts: string[]) =>
  runs.write(`workspace/${path}`, `# Databricks notebook source\n${cells(...texts)}\n`)

beforeAll(() => {
  other(
    'Shared/project/helpers.py',
    'def helper():\n    return "helped"',
    'dbutils.widgets.text("size", "1")\nsize = dbutils.widgets.get("size")',
  )
  other('Shared/project/sub folder/deep', magic('%run ../helpers $size="7"'))
  other(
    'Shared/project/child',
    'value = dbutils.widgets.get("n")',
    'helper = 1\ndbutils.notebook.exit(value * 2)',
  )
  other('Shared/project/broken', '1', 'def broken(:\n    pass')
  other('Shared/project/failing', '1', 'def f():\n    raise KeyError("gone")', 'f()')
  other('Shared/project/slow', 'import time; time.sleep(60)')
  other('Shared/project/round', magic('%run ./round2'))
  other('Shared/project/round2', magic('%run ./round'))
  runs.write('workspace/Shared/project/plain.py', 'x = 1\n')
  runs.write('workspace/Shared/project/query.sql', '-- Databricks notebook source\nSELECT 1\n')
  runs.write(
    'workspace/Shared/project/jupyter.ipynb',
    JSON.stringify({ cells: [{ cell_type: 'code', source: ['jupyter = 1\n', 'jupyter + 1'] }], nbformat: 4 }),
  )
  mkdirSync(join(runs.root, 'dbfs', 'data'))
})

const run = async (...texts: string[]) => await runs.finish(notebook(cells(...texts)))

describe('cells', () => {
  it('share one namespace and show the value of their last expression', async () => {
    const source = cells(
      'x = 20\nx + 1',
      '# DBTITLE 1,A title\nx += 1; print(x)',
      magic('%md\n# Not code at all: 1 / 0'),
      magic('%python\ny = x * 2'),
      'y',
      '"text"',
      'None',
      'display(y)\ndisplayHTML("<b>x</b>")',
      'class A:\n    pass\nimport pickle\npickle.loads(pickle.dumps(A())).__class__ is A',
      '# only a comment',
    )
    const { log, outcome } = await runs.finish(notebook(source))
    expect(log).toBe("21\n21\n42\n'text'\n42\n[displayHTML: 8 characters of HTML]\nTrue\n")
    expect(outcome).toBe('SUCCESS')
  })

  it('of an .ipynb run as well', async () => {
    const source = JSON.stringify({
      cells: [
        { cell_type: 'markdown', source: '%run nothing' },
        { cell_type: 'code', source: ['a = 3\n', '%sh -e\n'].slice(0, 1) },
        { cell_type: 'code', source: '%%bash\necho $((1 + 2))' },
        { cell_type: 'code', source: ['!echo bang\n', '%matplotlib inline\n', 'print(7 \n', '%4)\n', 'a'] },
      ],
    })
    const { log } = await runs.finish({
      ...notebook(''),
      kind: 'notebook',
      format: 'JUPYTER',
      source,
    } as never)
    expect(log).toBe('3\nbang\n3\n3\n')
  })

  it('have files, packages and lines of Windows', async () => {
    other('Shared/project/unused')
    runs.write('workspace/Shared/project/module.py', 'NAME = __file__')
    const { log } = await runs.finish(notebook('import module\r\nmodule.NAME\r\n'))
    expect(log).toBe("'/Workspace/Shared/project/module.py'\n")
  })
})

describe('faults', () => {
  it('of syntax are found before the first cell runs, with cell, line and text', async () => {
    const { error, trace, log } = await run('print("ran")', magic('%md x'), 'a = 1\nif a\n    b = 2')
    expect(error).toMatch(/^SyntaxError: Cell 3, line 2: .*: if a$/)
    expect(trace).toContain('Cell 3, line 2\n    if a\n')
    expect(log).not.toContain('ran\n')
    expect(trace).not.toContain('harness')
  })

  it('of a run name cell and line, and show no frame but the user’s', async () => {
    const { error, trace } = await run('def f():\n    return 1 / 0', 'x = 1\n\nf()')
    expect(error).toBe('ZeroDivisionError: division by zero')
    expect(trace?.replaceAll(/^\s*[~^]+\n/gm, '')).toBe(
      [
        'Traceback (most recent call last):',
        '  Cell 2, line 3',
        '    f()',
        '  Cell 1, line 2, in f',
        '    return 1 / 0',
        'ZeroDivisionError: division by zero',
      ].join('\n'),
    )
  })

  it.each([
    [magic('%scala\nprintln(1)'), /^NotImplementedError: Cell 2: %scala: Scala does not run/],
    [magic('%r\nprint(1)'), /^NotImplementedError: Cell 2: %r: R notebooks and cells do not run/],
    [magic('%foo bar'), /^NotImplementedError: Cell 2, line 1: %foo is not supported/],
    [
      magic('%sh -e\necho before\nfalse\necho after'),
      /^RuntimeError: %sh -e: the script ended with exit code 1$/,
    ],
    [
      magic('%run ./nothing'),
      'FileNotFoundError: there is no notebook /Shared/project/nothing in this workspace',
    ],
    [magic('%run ./plain'), /^ValueError: plain\.py is a file, not a notebook/],
    [magic('%run ./query'), /^NotImplementedError: .*query is a notebook in SQL: local compute runs Python/],
    [
      magic('%run ./broken'),
      'SyntaxError: /Shared/project/broken Cell 2, line 1: invalid syntax: def broken(:',
    ],
    [magic('%run ./round'), /^RecursionError: %run in a circle: .*round2 -> \/Shared\/project\/round$/],
    [magic('%run'), /^ValueError: %run needs the path/],
    [magic('%pip uninstall x'), /^RuntimeError: %pip uninstall is not supported/],
    [magic('%fs mount x'), /^ValueError: %fs mount is not supported/],
    ['dbutils.widgets.get("max_depth")', /^InputWidgetNotDefined: no widget or parameter named max_depth/],
    ['dbutils.secrets.get("s", "none")', 'NotFound: Secret does not exist with scope: s and key: none'],
    ['dbutils.jobs.taskValues', /^AttributeError: dbutils\.jobs is not part of local compute/],
    ['dbutils.notebook.run("failing")', "KeyError: 'gone'"],
    ['dbutils.notebook.run("slow", 1)', /^TimeoutError: notebook slow did not end within 1 s/],
    ['import sys; sys.exit(2)', 'SystemExit: 2'],
    ['dbutils.widgets.dropdown("a", "x", ["y"])', /^ValueError: the default 'x' of widget a/],
  ])('are clear: %s', async (cell, error) => {
    const result = await run('before = 1', cell)
    expect(result.outcome).toBe('FAILED')
    expect(result.error).toEqual(like(error))
    expect(result.trace).not.toContain('compute/harness')
  })

  it('in another notebook name it', async () => {
    const { trace } = await run(magic('%run ./failing'))
    expect(trace).toContain('  Cell 1, line 1\n    %run ./failing\n')
    expect(trace).toContain('  /Shared/project/failing Cell 3, line 1\n    f()\n')
    expect(trace).toContain('  /Shared/project/failing Cell 2, line 2, in f\n')
  })

  it.each(['SQL', 'SCALA', 'R'])('of language: %s is refused', async (language) => {
    const { error } = await runs.finish({ ...notebook('1'), language } as never)
    expect(error).toBe(
      `NotImplementedError: /Shared/project/main is a notebook in ${language}: local compute runs Python notebooks only`,
    )
  })
})

describe('magics', () => {
  it('%run shares the namespace and gives arguments; paths are relative to the notebook that says them', async () => {
    const { log } = await run(
      magic('%run ./helpers'),
      'print(helper(), size)',
      magic('%run "./sub folder/deep"'),
      'print(size)',
      magic('%run /Workspace/Shared/project/jupyter'),
      'jupyter',
    )
    expect(log).toBe('helped 1\n7\n2\n1\n')
  })

  it('%sh runs shell, and fails the cell only with -e', async () => {
    const { log, outcome } = await run(
      magic('%sh\nfalse\necho é; echo "$BRICKRAIL_RUN" | wc -l'),
      magic('%sh exit 3'),
    )
    expect(log.split('\n').map((line) => line.trim())).toEqual([
      'é',
      '1',
      '[%sh: exit code 3; only `%sh -e` fails the cell]',
      '',
    ])
    expect(outcome).toBe('SUCCESS')
  })

  it('%fs and dbutils.fs work on DBFS', async () => {
    const { log, error } = await run(
      `dbutils.fs.put('dbfs:/data/a.txt', 'é' * 3)
dbutils.fs.mkdirs('/data/sub')
dbutils.fs.cp('/data', '/copy', True)
dbutils.fs.mv('/copy/a.txt', 'dbfs:/copy/sub/b.txt')
dbutils.fs.cp('dbfs:/copy/sub/b.txt', 'file:/tmp/brickrail-fs-test.txt')
print(dbutils.fs.head('file:/tmp/brickrail-fs-test.txt'), dbutils.fs.head('/data/a.txt', 3))
print(dbutils.fs.rm('file:/tmp/brickrail-fs-test.txt'), dbutils.fs.rm('/nothing'))
print([(f.path, f.name, f.size) for f in dbutils.fs.ls('dbfs:/')])
print(open('/dbfs/copy/sub/b.txt').read(), dbutils.fs.ls('/copy/sub')[0].size)
for bad in (lambda: dbutils.fs.ls('/none'), lambda: dbutils.fs.cp('/data', '/x'), lambda: dbutils.fs.rm('/data'),
            lambda: dbutils.fs.put('/data/a.txt', ''), lambda: dbutils.fs.ls('s3://x/y')):
    try: bad()
    except (OSError, ValueError) as e: print(type(e).__name__, e)`,
      magic('%fs ls /copy/sub'),
      magic('%fs rm -r dbfs:/copy'),
      magic('%fs mkdirs /made'),
    )
    expect(error).toBeUndefined()
    expect(log.split('\n')).toEqual([
      'Wrote 6 bytes.',
      'ééé é',
      'True False',
      "[('dbfs:/copy/', 'copy/', 0), ('dbfs:/data/', 'data/', 0)]",
      'ééé 6',
      'FileNotFoundError No such file or directory: /none',
      'IsADirectoryError /data is a folder: use recurse=True',
      'OSError /data is a folder that is not empty: use recurse=True',
      'FileExistsError /data/a.txt is there already: use overwrite=True',
      'ValueError s3://x/y: only dbfs:/ and file:/ are there on local compute',
      'dbfs:/copy/sub/b.txt\tb.txt\t6',
      '',
    ])
    expect(readdirSync(join(runs.root, 'dbfs')).sort()).toEqual(['data', 'made'])
  })

  it('%pip installs for this run only, and fails with pip’s words', async () => {
    runs.write(
      'package/setup.py',
      'from setuptools import setup\nsetup(name="only-here", version="1.0", py_modules=["only_here"])',
    )
    runs.write('workspace/Shared/project/wheels/only_here.py', '')
    const path = runs.write('dbfs/wheels/make.py', makeWheel)
    await runs.finish({ kind: 'file', path, parameters: [] })
    const installed = await run(
      magic('%pip install --no-index --no-deps \\\n  /dbfs/wheels/only_here-1.0-py3-none-any.whl'),
      'dbutils.library.restartPython()',
      'import only_here\nprint(only_here.NAME)',
      magic('%sh python -c "import only_here; print(only_here.NAME)"'),
    )
    expect(installed.error).toBeUndefined()
    expect(installed.log.match(/from the wheel/g)).toHaveLength(2)
    expect((await run('import only_here')).error).toBe("ModuleNotFoundError: No module named 'only_here'")
    const failed = await run(magic('%pip install --no-index nothing-like-that==9'), 'print("not reached")')
    expect(failed.error).toMatch(
      /^RuntimeError: %pip install .*: ERROR: No matching distribution found for nothing-like-that==9/,
    )
    expect(failed.log).not.toContain('not reached\n')
  })

  it('%sql and spark say what is missing where there is no pyspark', async () => {
    expect((await run(magic('%sql\nSELECT 1'))).error).toMatch(
      /^RuntimeError: spark is not available: pyspark is not/,
    )
    expect((await run('x = 1', 'spark.range(3)')).error).toMatch(/^RuntimeError: spark is not available/)
  })
})

/** A wheel without a build: a zip with metadata. */
const makeWheel = `import zipfile
info = 'only_here-1.0.dist-info/'
with zipfile.ZipFile('/dbfs/wheels/only_here-1.0-py3-none-any.whl', 'w') as z:
    z.writestr('only_here.py', 'NAME = "from the wheel"')
    z.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: only-here\\nVersion: 1.0\\n')
    z.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    z.writestr(info + 'RECORD', 'only_here.py,,\\n' + info + 'METADATA,,\\n' + info + 'WHEEL,,\\n' + info + 'RECORD,,\\n')
`
