#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { defineScript } from '../src/cli/script.ts'

export const script = defineScript({
  name: 'test',
  about: 'Run the test suites of the project, here and on clusters: failed tests, or none at all, fail.',
  args: {
    suite: {
      type: 'positional',
      required: false,
      description: 'suites of the section tests; without, all of them',
      valueHint: 'suite...',
    },
    ...projectArgs,
    local: { type: 'boolean', description: 'only suites that run on this machine' },
    remote: { type: 'boolean', description: 'only suites that run on a cluster' },
    record: {
      type: 'boolean',
      description:
        'keep the results in the workspace of the target, bound to this commit, for the gates of models',
    },
  },
  run: async (run) => {
    const { runTests } = await import('../src/cli/test/test.ts')
    await runTests(run)
  },
})

await startIfMain(import.meta.url, script)
