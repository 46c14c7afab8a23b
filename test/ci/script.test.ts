import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { bashText } from '../../src/ci/azure/script.ts'
import { script as githubText } from '../../src/ci/github/job.ts'
import { replacingShell } from '../../src/ci/script.ts'

const command = './brickrail'

describe('the last line takes the shell’s place', () => {
  it.each<[string, string[]]>([
    ['alone', ['./brickrail plan']],
    ['without words', ['./brickrail']],
    ['with quotes', ['./brickrail rollback --to "$DEPLOYMENT" --yes']],
    ['after others', ['npm test', './brickrail plan']],
  ])('%s', (_, script) => {
    expect(replacingShell(script, command)).toEqual([...script.slice(0, -1), `exec ${script.at(-1)}`])
  })
})

/** Each of these would come to something else, or would be broken. */
const others: [string, string[]][] = [
  ['or', ['./brickrail plan --exit-code || echo drift']],
  ['and then', ['./brickrail plan; echo next']],
  ['and', ['./brickrail plan && echo notify']],
  ['a pipe', ['./brickrail plan | cat']],
  ['in the background', ['./brickrail plan & wait']],
  ['into a file', ['./brickrail plan > log']],
  ['from a file', ['./brickrail plan < log']],
  ['a command in it', ['./brickrail $(echo plan)']],
  ['backticks', ['./brickrail `echo plan`']],
  ['several lines in one entry', ['./brickrail plan\necho after']],
  ['several lines, ours last', ['echo before\n./brickrail plan']],
  ['a trap', ['trap "echo bye" EXIT', './brickrail plan']],
  ['a heredoc', ['cat <<X', './brickrail plan', 'X', './brickrail plan']],
  ['in a heredoc that nothing ends', ['cat <<X', './brickrail plan']],
  ['in quotes of the line before', ['echo "', './brickrail plan"']],
  ['in quotes, with more of them', ['echo "', './brickrail plan" "x"']],
  ['a line that goes on', ['echo \\', './brickrail plan']],
  ['a pipe from the line before', ['echo x |', './brickrail plan']],
  ['another program', ['npm test']],
  ['one with a longer name', ['./brickrail-extra']],
  ['nothing', []],
]

describe('a script that needs its shell', () => {
  it.each(others)('%s', (_, script) => {
    expect(replacingShell(script, command)).toEqual(script)
    expect(bashText(script, command)).toBe(`set -eo pipefail\n${script.join('\n')}\n`)
    expect(githubText(script, command).trimEnd()).toBe(script.join('\n'))
  })
})

describe('what a script says and how it ends', () => {
  const folder = mkdtempSync(join(tmpdir(), 'brickrail-script-'))
  writeFileSync(
    join(folder, 'brickrail'),
    '#!/bin/bash\ncat > /dev/null\necho "brickrail $*"\n[ "$1" != fail ]\n',
  )
  chmodSync(join(folder, 'brickrail'), 0o755)
  afterAll(() => rmSync(folder, { recursive: true }))
  const run = (args: readonly string[]) => {
    const { status, stdout } = spawnSync('bash', args, { cwd: folder, encoding: 'utf8' })
    return { status, stdout }
  }

  it.each([
    ...others,
    ['a failure', ['./brickrail fail']],
    ['a failure in between', ['./brickrail fail', './brickrail plan']],
    ['a failure in one entry', ['./brickrail fail\n./brickrail plan']],
    ['a failure in a pipe', ['./brickrail fail | cat', 'echo after']],
    ['exec of a user’s own, with more behind it', ['exec ./brickrail fail | cat']],
    ['a user’s own exec in an entry of two lines', ['false\nexec ./brickrail plan']],
  ] satisfies [string, string[]][])('is the same on both hosts: %s', (_, script) => {
    const plain = run(['-eo', 'pipefail', '-c', script.join('\n')])
    expect(run(['-eo', 'pipefail', '-c', githubText(script, command)])).toEqual(plain)
    expect(run(['-c', bashText(script, command)])).toEqual(plain)
  })
})
