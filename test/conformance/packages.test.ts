import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Built } from '../../src/cli/package.ts'
import { createHarness, writes, type Harness, type Ran } from '../support/harness.ts'

/** One environment with the build front end for all tests, and none of the user's. */
const cache = mkdtempSync(join(tmpdir(), 'brickrail-cache-'))
afterAll(() => rmSync(cache, { recursive: true, force: true }))

const files = {
  'pipelines/brickrail.yml': [
    'name: tess',
    'targets:',
    "  dev: { host: '${env.DATABRICKS_HOST}' }",
    "  prod: { host: '${env.DATABRICKS_HOST}' }",
    'packages:',
    '  tesseract: { source: ../workspace }',
    '  shared: { source: ../workspace, path: dbfs:/FileStore/wheels }',
    '',
  ].join('\n'),
  'workspace/pyproject.toml': [
    '[build-system]',
    'requires = ["setuptools==80.9.0"]',
    'build-backend = "setuptools.build_meta"',
    '[project]',
    'name = "Tesser.act"',
    'version = "0.4.0"',
    '[project.scripts]',
    'train = "tesseract.train:main"',
    '[tool.setuptools]',
    'packages = ["tesseract"]',
    '',
  ].join('\n'),
  'workspace/tesseract/__init__.py': '',
  'workspace/tesseract/train.py': 'def main():\n    print("trained")\n',
}

const open = (more: Readonly<Record<string, string>> = {}): Harness => {
  const harness = createHarness({ ...files, ...more })
  onTestFinished(() => harness.close())
  return harness
}

const machine = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => /^(PATH|HOME|PIP_.*|.*_proxy)$/i.test(name)),
)

const run = (harness: Harness, command: string, ...args: string[]): Promise<Ran> =>
  harness.run(command, args, {
    env: {
      ...machine,
      BRICKRAIL_CACHE: cache,
      DATABRICKS_HOST: 'http://workspace.test',
      DATABRICKS_TOKEN: harness.emulator.token,
    },
  })

const expectExit = ({ exit, stderr }: Ran, wanted: number): void =>
  expect({ exit, said: exit === wanted ? '' : stderr }).toEqual({ exit: wanted, said: '' })

const builtBy = async (harness: Harness, ...args: string[]): Promise<Built[]> => {
  const ran = await run(harness, 'package', '-t', 'dev', '-o', 'json', ...args)
  expectExit(ran, 0)
  return (JSON.parse(ran.stdout) as { result: { packages: Built[] } }).result.packages
}

const git = (folder: string, ...args: string[]): void =>
  void execFileSync('git', args, {
    cwd: folder,
    env: {
      ...machine,
      GIT_AUTHOR_NAME: 'a',
      GIT_AUTHOR_EMAIL: 'a@example.com',
      GIT_COMMITTER_NAME: 'a',
      GIT_COMMITTER_EMAIL: 'a@example.com',
      GIT_AUTHOR_DATE: '2026-01-02T03:04:05Z',
      GIT_COMMITTER_DATE: '2026-01-02T03:04:05Z',
    },
  })

const commit = (folder: string): void => {
  git(folder, 'init', '--quiet')
  git(folder, 'add', '.')
  git(folder, 'commit', '--quiet', '--message', 'first')
}

const python = (code: string, ...args: string[]): string =>
  execFileSync('python3', ['-c', code, ...args], { encoding: 'utf8' })

/** The bytes of a file on DBFS. */
const onDbfs = async ({ emulator }: Harness, path: string): Promise<Buffer> => {
  const url = `http://workspace.test/api/2.0/dbfs/read?path=${encodeURIComponent(path)}`
  const answer = await emulator.fetch(url, { headers: { authorization: `Bearer ${emulator.token}` } })
  return Buffer.from(((await answer.json()) as { data: string }).data, 'base64')
}

const put = async ({ emulator }: Harness, path: string, bytes: Buffer): Promise<void> => {
  const body = JSON.stringify({ path, overwrite: true, contents: bytes.toString('base64') })
  const headers = { authorization: `Bearer ${emulator.token}`, 'content-type': 'application/json' }
  await emulator.fetch('http://workspace.test/api/2.0/dbfs/put', { method: 'POST', headers, body })
}

describe('packages', () => {
  it('the same sources make the same bytes, whatever folder, clock, umask and rubbish', async () => {
    const one = open()
    commit(one.folder)
    const [first] = await builtBy(one)
    const umask = process.umask(0o077)
    onTestFinished(() => void process.umask(umask))
    const two = open()
    commit(two.folder)
    two.write('workspace/tesseract/__pycache__/train.cpython-311.pyc', 'rubbish')
    two.write('workspace/.venv/bin/python', 'rubbish')
    utimesSync(join(two.folder, 'workspace/tesseract/train.py'), 1, 1)
    const [second] = await builtBy(two)
    expect(two.folder).not.toBe(one.folder)
    expect(second).toEqual({ ...first, file: expect.stringContaining(two.folder) })
    expect(first?.version).toMatch(/^0\.4\.0\+g[0-9a-f]{8}\.d[0-9a-f]{12}$/)
    const names = python(
      'import sys, zipfile; print("\\n".join(zipfile.ZipFile(sys.argv[1]).namelist()))',
      first?.file ?? '',
    )
    expect(names).not.toContain('pyc')
    const told = python(
      'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.read([n for n in z.namelist() if n.endswith("METADATA")][0]).decode())',
      first?.file ?? '',
    )
    expect(told).toContain(`Version: ${first?.version}\n`)
  })

  it('an unrelated commit changes nothing; one that touches the sources does', async () => {
    const harness = open()
    commit(harness.folder)
    const [first] = await builtBy(harness, 'tesseract')
    harness.write('README.md', 'hello\n')
    git(harness.folder, 'add', '.')
    git(harness.folder, 'commit', '--quiet', '--message', 'unrelated')
    const [second] = await builtBy(harness, 'tesseract')
    expect(second).toEqual(first)
    harness.write('workspace/tesseract/train.py', 'def main():\n    print("again")\n')
    const [third] = await builtBy(harness, 'tesseract')
    expect(third?.version).not.toBe(first?.version)
  })

  it('goes to the workspace and to DBFS once, with the same digest in every target', async () => {
    const harness = open()
    expectExit(await run(harness, 'deploy', '-t', 'dev'), 0)
    const [built] = await builtBy(harness, 'shared')
    expect(await onDbfs(harness, built?.path.replace('dbfs:', '') ?? '')).toEqual(
      readFileSync(built?.file ?? ''),
    )
    await harness.forget()
    expectExit(await run(harness, 'deploy', '-t', 'dev'), 0)
    expect(writes(await harness.requests())).toEqual([])
    await harness.forget()
    expectExit(await run(harness, 'deploy', '-t', 'prod'), 0)
    // In the folder that both targets name it is there already, and is the same.
    expect(writes(await harness.requests()).filter(({ path }) => path.includes('/dbfs/'))).toEqual([])
  })

  it('never replaces other bytes under its name, but goes on with an upload that was cut off', async () => {
    const harness = open()
    const [built] = await builtBy(harness, 'shared')
    const path = built?.path.replace('dbfs:', '') ?? ''
    const bytes = readFileSync(built?.file ?? '')
    await put(harness, path, Buffer.from('another wheel'))
    const refused = await run(harness, 'deploy', '-t', 'dev')
    expectExit(refused, 4)
    expect(refused.stderr).toContain('it holds other bytes than this package')
    expect(await onDbfs(harness, path)).toEqual(Buffer.from('another wheel'))
    await put(harness, path, bytes.subarray(0, 100))
    expectExit(await run(harness, 'deploy', '-t', 'dev'), 0)
    expect(await onDbfs(harness, path)).toEqual(bytes)
  })

  it('a rollback takes the wheel from the record when it is gone', async () => {
    const harness = open()
    const [built] = await builtBy(harness, 'shared')
    const path = built?.path.replace('dbfs:', '') ?? ''
    expectExit(await run(harness, 'deploy', '-t', 'dev'), 0)
    harness.write('workspace/tesseract/train.py', 'def main():\n    print("again")\n')
    expectExit(await run(harness, 'deploy', '-t', 'dev'), 0)
    const headers = { authorization: `Bearer ${harness.emulator.token}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ path })
    await harness.emulator.fetch('http://workspace.test/api/2.0/dbfs/delete', {
      method: 'POST',
      headers,
      body,
    })
    expectExit(await run(harness, 'rollback', '-t', 'dev', '--to', '1'), 0)
    expect(await onDbfs(harness, path)).toEqual(readFileSync(built?.file ?? ''))
  })

  const broken = {
    'requirement that does not exist': ['setuptools==80.9.0', 'setuptools==0.0.999', 'setuptools==0.0.999'],
    'sources that are not there': ['packages = ["tesseract"]', 'packages = ["nowhere"]', 'nowhere'],
    'compiled extension': [
      'packages = ["tesseract"]',
      'packages = ["tesseract"]\next-modules = [{ name = "tesseract.fast", sources = ["fast.c"] }]',
      'is not pure Python',
    ],
  } as const

  it.each(Object.entries(broken))('%s: exit 2, and nothing was sent', async (_, [from, to, said]) => {
    const text = files['workspace/pyproject.toml'].replace(from, to)
    const source =
      '#include <Python.h>\nstatic struct PyModuleDef m = { PyModuleDef_HEAD_INIT, "fast" };\nPyMODINIT_FUNC PyInit_fast(void) { return PyModule_Create(&m); }\n'
    const harness = open({ 'workspace/pyproject.toml': text, 'workspace/fast.c': source })
    const ran = await run(harness, 'deploy', '-t', 'dev')
    expectExit(ran, 2)
    expect(ran.stderr).toContain('package tesseract cannot be built')
    expect(ran.stderr).toContain(said)
    expect(writes(await harness.requests())).toEqual([])
  })

  it('an index that cannot be reached is said to be one', async () => {
    const harness = open()
    const ran = await harness.run('package', ['-t', 'dev'], {
      env: {
        ...machine,
        BRICKRAIL_CACHE: join(harness.folder, 'cache'),
        PIP_INDEX_URL: 'http://127.0.0.1:9/simple',
        PIP_RETRIES: '1',
      },
    })
    expectExit(ran, 2)
    expect(ran.stderr).toContain('its package index cannot be reached')
    expect(ran.stderr).toContain('PIP_INDEX_URL')
  })

  it('a machine without Python is told so', async () => {
    const harness = open()
    const ran = await harness.run('package', ['-t', 'dev'], {
      env: { PATH: '/nowhere', HOME: harness.folder },
    })
    expectExit(ran, 2)
    expect(ran.stderr).toContain('there is no Python >= 3.8')
  })
})
