#!/usr/bin/env node
import { computeModes } from '../src/cli/compute.ts'
import { startIfMain } from '../src/cli/main.ts'
import { readPort, serve } from '../src/cli/serve.ts'
import { defineScript } from '../src/cli/script.ts'

export const script = defineScript({
  name: 'emulator',
  about: 'Serve the embedded workspace on 127.0.0.1, for any Databricks client.',
  args: {
    port: {
      type: 'string',
      default: '8765',
      description: 'port to listen on; 0 for any free one',
      valueHint: 'n',
    },
    state: {
      type: 'string',
      description: 'keep the state in this folder; without it, in memory',
      valueHint: 'folder',
    },
    clock: {
      type: 'enum',
      options: ['real', 'instant'],
      default: 'real',
      description: 'real: things take seconds; instant: each state is shown once',
      valueHint: 'real|instant',
    },
    compute: {
      type: 'enum',
      options: [...computeModes],
      default: 'auto',
      description:
        'process: libraries install and code runs, on this machine; simulated: states only; auto: as Python is there',
      valueHint: 'mode',
    },
    token: {
      type: 'string',
      description: 'the token to accept; without it, a fixed local one',
      valueHint: 'text',
    },
  },
  run: async (run) => {
    const { state, clock, token, compute } = run.values
    await serve(run, {
      port: readPort(run.values['port']),
      clock: clock === 'instant' ? 'instant' : 'real',
      ...(typeof state === 'string' ? { state } : {}),
      ...(typeof token === 'string' ? { token } : {}),
      ...(typeof compute === 'string' ? { compute } : {}),
    })
  },
})

await startIfMain(import.meta.url, script)
