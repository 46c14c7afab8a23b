#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { defineScript, type Run } from '../src/cli/script.ts'
import type { PipelineFile } from '../src/cli/generate.ts'
import { Fail } from '../src/errors.ts'

const report = ({ emit }: Run, files: readonly PipelineFile[], text: string, digest: string): void =>
  emit({
    type: 'result',
    data: { digest, files: files.map(({ path, state, includes }) => ({ path, state, includes })) },
    text,
  })

const summary = (files: readonly PipelineFile[]): string =>
  files.map(({ path, state }) => `${state.padEnd('unchanged'.length)}  ${path}`).join('\n')

/** In an error; the list is above it. */
const named = (files: readonly PipelineFile[]): string => {
  const first = files.slice(0, 3).map(({ path }) => path)
  return `${first.join(', ')}${files.length > first.length ? ` and ${files.length - first.length} more` : ''}`
}

export const script = defineScript({
  name: 'generate',
  about: 'Write the CI pipelines of every host that the spec names. Needs no workspace and no credentials.',
  args: {
    file: projectArgs.file,
    check: {
      type: 'boolean',
      description: 'write nothing; exit 3 with a diff when a file differs or is missing',
    },
    force: {
      type: 'boolean',
      description:
        'also overwrite or remove files in the way that Brickrail has not generated, or that were edited since',
    },
  },
  run: async (run) => {
    const { assertIncluded, changedFiles, compareFiles, diffOf, openPipelines, repositoryAbove, writeFiles } =
      await import('../src/cli/generate.ts')
    const { root, pipeline } = await openPipelines(run)
    const above = await repositoryAbove(root)
    if (above !== undefined)
      run.emit({
        type: 'notice',
        level: 'warning',
        text: `${root} is a folder of the repository ${above}, where no CI host will find these pipelines`,
        hint: 'have pipelines/ in the root of the repository: one repository for one project',
      })
    const files = await compareFiles(root, pipeline)
    const changed = changedFiles(files)
    if (run.values['check'] !== true) {
      await writeFiles(root, files, { force: run.values['force'] === true })
      report(run, files, summary(files), pipeline.digest)
    } else if (changed.length > 0) {
      report(run, files, await diffOf(files), pipeline.digest)
      throw new Fail('FILES_STALE', {
        count: changed.length,
        files: named(changed),
      })
    } else
      report(run, files, `${files.length} pipeline files are as the spec generates them`, pipeline.digest)
    assertIncluded(files)
  },
})

await startIfMain(import.meta.url, script)
