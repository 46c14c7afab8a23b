#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { examine, findingsText } from '../src/cli/doctor/doctor.ts'
import { startIfMain } from '../src/cli/main.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'
import { Fail } from '../src/errors.ts'

export const script = defineScript({
  name: 'doctor',
  about: 'Check credentials, identity and the rights that this project needs, before any write. Reads only.',
  args: projectArgs,
  run: async (run) =>
    await withSession(run, async (session) => {
      const findings = await examine(session)
      const failed = findings.filter(({ verdict }) => verdict === 'failed')
      run.emit({ type: 'result', data: { findings }, text: findingsText(findings) })
      if (failed.length > 0) throw new Fail('DOCTOR', { count: failed.length })
    }),
})

await startIfMain(import.meta.url, script)
