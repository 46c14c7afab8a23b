import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { render } from '../../src/ci/render.ts'
import type { JobSection } from '../../src/ci/section.ts'
import { build } from './spec.ts'

/** Names of files, of hidden jobs and of what comes with Brickrail, and those that a clash with them would lead to. */
const words = [
  'schedule',
  'tag',
  'pull-request',
  'promote-model',
  'build-workspace',
  'build',
  'prepare',
  'job',
]
const names = words.flatMap((word) => [word, `push-${word}`, `push-push-${word}`])
const folders = ['a/**', 'b/**', 'c/**', 'workspace/**', 'pipelines/clusters/**']

const job: fc.Arbitrary<JobSection> = fc.record({
  stage: fc.constantFrom('check' as const, 'deploy' as const, 'test' as const),
  changes: fc.subarray(folders, { minLength: 1 }),
  needs: fc.constantFrom(['check-pipelines'], []),
  script: fc.constant(['npm test']),
})

it('no two files of any pipeline have one path', () => {
  const jobs = fc.dictionary(fc.constantFrom(...names), job, { maxKeys: 8 })
  const builtIn = fc.constantFrom({}, { 'sync-workspace': null }, { 'build-cluster': null, 'catch-up': null })
  fc.assert(
    fc.property(jobs, builtIn, (own, gone) => {
      const { pipeline, problems } = build({ jobs: { ...own, ...gone } })
      expect(problems).toEqual([])
      const files = render({ ...pipeline, version: '1.2.3', digest: 'ab' })
      const paths = files.map(({ path }) => path.toLowerCase())
      expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([])
    }),
    { numRuns: 150 },
  )
})
