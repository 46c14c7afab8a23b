/** An emulator in a process of its own that starts one long run: `<folder> <dbfs file>`; writes the run's id, then waits. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createLocalCompute } from '../../src/compute/local.ts'
import { createEmulator } from '../../src/emulator/emulator.ts'

const [folder = '', file = ''] = process.argv.slice(2)
const places = { folder: join(folder, 'runs'), cache: join(folder, 'cache') }
const compute = await createLocalCompute({ ...places, env: process.env })
const emulator = createEmulator({ state: join(folder, 'state'), compute })
const python = `import os, subprocess, time
child = subprocess.Popen(['sleep', '600'])
open('/dbfs/pids.tmp', 'w').write(f'{os.getpid()} {child.pid}')
os.rename('/dbfs/pids.tmp', '/dbfs/pids')
time.sleep(600)
`
const path = join(folder, 'state', 'dbfs', file)
mkdirSync(dirname(path), { recursive: true })
writeFileSync(path, python)
const task = { task_key: 'main', spark_python_task: { python_file: `dbfs:/${file}` } }
const answer = await emulator.fetch('http://w/api/2.2/jobs/runs/submit', {
  method: 'POST',
  headers: { authorization: `Bearer ${emulator.token}` },
  body: JSON.stringify({ tasks: [task] }),
})
process.stdout.write(`${await answer.text()}\n`)
setInterval(() => undefined, 1000)
