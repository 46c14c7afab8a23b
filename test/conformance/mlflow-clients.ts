/** The older client, beside the one of mlflow-server.ts: what many a cluster still has. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const packages = ['mlflow-skinny==2.22.5', 'pandas==2.3.3', 'scikit-learn==1.7.2', 'setuptools<81']

const cache = join(import.meta.dirname, '..', '..', '.cache')
const execute = promisify(execFile)

/** MLflow 2 with scikit-learn; made once, kept between runs. Returns its `python`. */
export const installMlflow2 = async (): Promise<string> => {
  const folder = join(cache, 'mlflow2')
  const marker = join(folder, 'packages.txt')
  const wanted = `${packages.join('\n')}\n`
  const python = join(folder, 'bin', 'python')
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return python
  mkdirSync(cache, { recursive: true })
  rmSync(folder, { recursive: true, force: true })
  await execute('python3', ['-m', 'venv', folder])
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]
  await execute(python, pip, { maxBuffer: 64 * 1024 * 1024 })
  // Last, and at once: half an environment is none.
  writeFileSync(`${marker}.new`, wanted)
  renameSync(`${marker}.new`, marker)
  return python
}
