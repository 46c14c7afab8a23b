#!/usr/bin/env node
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { projectArgs, quietArg } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { everything, heldBy, planTarget, refuse } from '../src/cli/planning.ts'
import { defineScript } from '../src/cli/script.ts'
import { withSession } from '../src/cli/session.ts'
import { Fail } from '../src/errors.ts'
import { formatJson } from '../src/http/json.ts'
import { countWrites } from '../src/plan/plan.ts'

export const script = defineScript({
  name: 'plan',
  about: 'Show what `deploy` would do, and what it would hit. Reads only.',
  args: {
    ...projectArgs,
    ...quietArg,
    out: {
      type: 'string',
      description: 'write the plan to this file, for `deploy --plan`',
      valueHint: 'plan.json',
    },
    'exit-code': { type: 'boolean', description: 'exit 3 when there are changes' },
    comment: {
      type: 'boolean',
      description: 'show it as the one comment of the merge request of this CI job, and as a commit status',
    },
  },
  run: async (run) =>
    await withSession(run, async (session) => {
      const planned = await planTarget(session, session.project.desired, everything)
      const { plan } = planned
      run.emit({ type: 'plan', plan })
      const busy = heldBy(session, planned)
      if (busy) run.emit({ type: 'notice', level: 'warning', text: busy.message, hint: busy.hint })
      refuse(session, planned)
      const { out, 'exit-code': exitCode } = run.values
      if (typeof out === 'string') await writeFile(resolve(run.world.cwd, out), `${formatJson(plan, 2)}\n`)
      if (exitCode === true && countWrites(plan) > 0)
        throw new Fail('CHANGES_PENDING', { count: countWrites(plan) })
    }),
})

await startIfMain(import.meta.url, script)
