import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Harness } from '../support/harness.ts'
import { changes, commit, start, started } from './changes-run.ts'
import { repositoryWith } from './spec.ts'

const attendants = ['check_pipelines', 'validate', 'catch_up']

describe('changes', () => {
  test.each<[string, (harness: Harness) => void, string[]]>([
    ['a notebook', (harness) => harness.write('workspace/ä b.py', '1'), [...attendants, 'sync_workspace']],
    [
      'a cluster',
      (harness) => harness.write('pipelines/clusters/a.json', '{}'),
      [...attendants, 'build_cluster'],
    ],
    ['something else', (harness) => harness.write('README.md', '1'), []],
    [
      'what moves in',
      ({ folder }) => renameSync(join(folder, 'docs/a.md'), join(folder, 'workspace/a.md')),
      [...attendants, 'sync_workspace'],
    ],
    [
      'what moves out',
      ({ folder }) => renameSync(join(folder, 'workspace/ä b.py'), join(folder, 'docs/b.py')),
      [...attendants, 'sync_workspace'],
    ],
  ])('%s', async (_name, change, expected) => {
    const [harness, before] = start()
    change(harness)
    commit(harness)
    const result = await changes(harness, [], { BRICKRAIL_BEFORE: before })
    expect(started(result).sort()).toEqual(expected.toSorted())
    expect(result.outputs).toEqual(result.jobs)
    expect(result.why).toBeNull()
  })

  test.each<[string, string[], Record<string, string>, RegExp]>([
    ['nothing', [], {}, /nobody says/],
    ['an empty variable', [], { BRICKRAIL_BEFORE: '' }, /nobody says/],
    ['the zero commit', [], { BRICKRAIL_BEFORE: '0'.repeat(40) }, /first push/],
    ['a commit that is not here', [], { BRICKRAIL_BEFORE: 'a'.repeat(40) }, /is not in this clone/],
    ['an option of git', ['--base=--output=x'], {}, /is no commit/],
    ['a range', ['--base', 'HEAD..HEAD'], {}, /is no commit/],
    ['a variable that the host did not replace', [], { BRICKRAIL_BEFORE: '$(Before)' }, /is no commit/],
  ])('of %s: everything, and why', async (_name, args, env, why) => {
    const [harness] = start()
    const result = await changes(harness, args, env)
    expect(started(result)).toEqual([
      'check_pipelines',
      'validate',
      'build_cluster',
      'sync_workspace',
      'catch_up',
    ])
    expect([result.files, result.why]).toEqual([null, expect.stringMatching(why)])
  })

  test('where there is no git repository: everything', async () => {
    const harness = repositoryWith(['hosts: [github]'])
    const result = await changes(harness, ['--base', 'HEAD'], { GIT_CEILING_DIRECTORIES: '/' })
    expect([started(result).length, result.why]).toEqual([5, expect.stringMatching(/git cannot tell/)])
  })

  test('--base goes before the environment', async () => {
    const [harness, before] = start()
    harness.write('README.md', '1')
    commit(harness)
    const result = await changes(harness, ['--base', before], { BRICKRAIL_BEFORE: '0'.repeat(40) })
    expect(result.files).toEqual(['README.md'])
  })
})
