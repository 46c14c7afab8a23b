import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { open } from './project.ts'

describe('init', () => {
  const empty = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'brickrail-init-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    return join(folder, 'My Project')
  }

  it('makes a project that is valid and deploys to the embedded workspace', async () => {
    const harness = open()
    const folder = empty()
    expect((await harness.run('init', [folder])).exit).toBe(0)
    expect(readFileSync(join(folder, 'pipelines/brickrail.yml'), 'utf8')).toMatch(/^name: my-project$/m)
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe(
      '.brickrail/\nbrickrail-reports/\ndist-packages/\n.gitlab-ci-local/\nnode_modules/\n__pycache__/\n',
    )
    const world = { cwd: folder, env: { BRICKRAIL_EMBEDDED_CLOCK: 'instant', HOME: folder } }
    expect((await harness.run('validate', [], world)).exit).toBe(0)
    expect((await harness.run('deploy', ['-t', 'local'], world)).exit).toBe(0)
    // The next command finds what this one did.
    const again = await harness.run('deploy', ['-t', 'local'], world)
    expect(again.stdout).toContain('nothing changed, nothing touched')
    expect(existsSync(join(folder, '.brickrail'))).toBe(true)
  })

  const remote = 'git config user.email a@b.c && git config user.name a && git commit -q --allow-empty -m one'
  it.each([
    ['nothing but the folder', ['true'], 'main'],
    ['a repository without a commit', ['git init -q -b trunk'], 'trunk'],
    ['a branch for this change', ['git init -q -b main', remote, 'git switch -q -c add-brickrail'], 'main'],
    ['an old repository', ['git init -q -b master', remote, 'git switch -q -c x'], 'master'],
    [
      'a remote that says so',
      [
        'git init -q -b main',
        remote,
        'git update-ref refs/remotes/origin/develop HEAD',
        'git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/develop',
      ],
      'develop',
    ],
    ['a branch that YAML reads as a number', ['git init -q -b 1.0'], '"1.0"'],
    ['another name for both', ['git init -q -b topic', remote], 'main'],
  ])('%s: the branch that deploys', async (_what, commands, branch) => {
    const harness = open()
    const folder = empty()
    mkdirSync(folder, { recursive: true })
    for (const command of commands) execFileSync('bash', ['-c', command], { cwd: folder })
    const { exit, stdout } = await harness.run('init', [folder, '--name', '2024'])
    expect([exit, stdout]).toEqual([0, expect.stringContaining(`pushes to ${branch.replaceAll('"', '')} `)])
    const text = readFileSync(join(folder, 'pipelines/brickrail.yml'), 'utf8')
    expect(text).toContain(`\n  default_branch: ${branch}\n`)
    const world = { cwd: folder, env: { HOME: folder } }
    expect((await harness.run('validate', [], world)).exit).toBe(0)
  })

  it('names its folders, branch and CI hosts, and generates pipelines that call the installed package', async () => {
    const harness = open()
    const folder = empty()
    expect((await harness.run('init', [folder, '--host', 'gitlab,github'])).exit).toBe(0)
    const text = readFileSync(join(folder, 'pipelines/brickrail.yml'), 'utf8')
    expect(text).toMatch(/^ {2}hosts: \[gitlab, github\]$/m)
    expect(text).toMatch(/^ {2}path: \/Shared\/my-project$/m)
    expect(text).toMatch(/^ {6}path: \/Shared\/my-project-prod$/m)
    expect(text).not.toMatch(/HelloWorkspace|Tesseract|node dist/)
    const world = { cwd: folder, env: { HOME: folder } }
    expect((await harness.run('generate', [], world)).exit).toBe(0)
    expect(existsSync(join(folder, 'azure-pipelines'))).toBe(false)
    const generated = readFileSync(join(folder, '.gitlab/brickrail.yml'), 'utf8')
    expect(generated).toContain('- ./node_modules/.bin/brickrail build-cluster --target dev')
    expect((await harness.run('generate', ['--check'], world)).exit).toBe(0)
    mkdirSync(join(folder, '..', '.git'))
    const below = await harness.run('generate', [], world)
    expect(below.stderr).toContain('where no CI host will find these pipelines')
  })

  it.each([
    ['with a host that nobody knows', () => ['new', '--host', 'gitlab,jenkins']],
    ['where a project is already', (folder: string) => [folder]],
    ['with a name that cannot be one', () => ['new', '--name', 'Ä!']],
  ])('%s is refused, and nothing is written', async (_name, args) => {
    const harness = open()
    const { exit, stderr } = await harness.run('init', args(harness.folder))
    expect(exit).toBe(2)
    expect(stderr).toContain('what to do:')
    expect(existsSync(join(harness.folder, 'new'))).toBe(false)
  })
})
