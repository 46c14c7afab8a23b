/** Makes one environment in a process of its own: `<cache> <package>`; writes what came of it as one line of JSON. */
import { join } from 'node:path'
import { createLocalCompute } from '../../src/compute/local.ts'

const [cache = '', name = ''] = process.argv.slice(2)
const compute = await createLocalCompute({ folder: join(cache, 'runs'), cache, env: process.env })
const made = await compute.environment({
  libraries: [{ pypi: { package: name } }],
  local: {},
  offlineIsSkipped: false,
})
process.stdout.write(`${JSON.stringify(made)}\n`)
await compute.close()
