import { createEmulator } from '../../src/emulator/emulator.ts'

/** Run by serve.test.ts as a process that can be killed: `serve.ts STATE_FOLDER`; prints its URL. */
const { url } = await createEmulator({ state: process.argv[2] ?? '', clock: 'instant' }).listen()
process.stdout.write(`${url}\n`)
