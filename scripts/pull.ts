#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { oneModelArg } from '../src/cli/model/args.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'

export const script = defineScript({
  name: 'pull',
  about: 'Download the files of a model version into a folder, with the digest of each and of all.',
  args: {
    ...projectArgs,
    ...oneModelArg,
    version: { type: 'string', description: 'the version', valueHint: 'n' },
    to: {
      type: 'enum',
      options: ['staging', 'production'],
      description: 'the version that is there; if neither is given, that in production',
      valueHint: 'staging|production',
    },
    out: { type: 'string', required: true, description: 'folder to write', valueHint: 'folder' },
    force: { type: 'boolean', description: 'replace a folder that is not empty' },
  },
  run: async (run) => {
    const { pull } = await import('../src/cli/model/pull.ts')
    await withSession(run, pull)
  },
})

await startIfMain(import.meta.url, script)
