#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { defineScript } from '../src/cli/script.ts'

export const script = defineScript({
  name: 'changes',
  about:
    'Tell which jobs a push starts, by the files that it changed. What cannot be told counts as changed.',
  args: {
    file: projectArgs.file,
    base: {
      type: 'string',
      description:
        'the commit to compare with; if not given, that of the last green run (on GitHub), or BRICKRAIL_BEFORE',
      valueHint: 'commit',
    },
  },
  run: async (run) => {
    const { baseOf, changedFrom, changesText, startedJobs } = await import('../src/cli/changes.ts')
    const { openPipelines } = await import('../src/cli/generate.ts')
    const { hostTools } = await import('../src/cli/host-tools.ts')
    const { openHost } = await import('../src/host/open.ts')
    const { root, pipeline } = await openPipelines(run)
    const { env } = run.world
    const given = typeof run.values['base'] === 'string' ? run.values['base'] : undefined
    const before = env['BRICKRAIL_BEFORE']
    const lastGreen = async () => await openHost(env).pipeline.lastGreen(hostTools(run))
    const base = await baseOf({ given, before, lastGreen })
    const changed = await changedFrom(root, base, before)
    const jobs = startedJobs(pipeline, changed)
    const files = changed.paths === 'unknown' ? null : changed.paths
    const compared = { base: base.commit ?? null, base_kind: base.kind, base_why: base.why }
    const data = { ...compared, files, why: changed.why ?? null, jobs, outputs: jobs }
    run.emit({ type: 'result', data, text: changesText(jobs, changed, base) })
  },
})

await startIfMain(import.meta.url, script)
