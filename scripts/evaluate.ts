#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { everyModelArg } from '../src/cli/model/args.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'

export const script = defineScript({
  name: 'evaluate',
  about: 'Measure candidate and champion on the same rows, keep the evidence, and ask the policy.',
  args: {
    ...projectArgs,
    ...everyModelArg,
    version: {
      type: 'string',
      description: 'the version to evaluate; if not given, the one that the policy chooses',
      valueHint: 'n',
    },
    stored: {
      type: 'boolean',
      description: 'only show what the present policy says of the evidence that is stored: no run, no write',
    },
    comment: {
      type: 'boolean',
      description: 'show it as a comment of the merge request of this CI job, and as a commit status',
    },
  },
  run: async (run) => {
    const { evaluateAll } = await import('../src/cli/model/evaluate-command.ts')
    await withSession(run, evaluateAll)
  },
})

await startIfMain(import.meta.url, script)
