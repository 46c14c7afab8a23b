import { rmSync } from 'node:fs'
import type { artifactProxy } from '../../wire/artifacts.ts'
import type { Call, Handlers } from '../server/call.ts'
import { Spooled } from '../server/spool.ts'
import { openArtifact, removeArtifact, writeArtifact } from './files.ts'
import { listArtifacts } from './list.ts'
import { readArtifactPath, readFilePath } from './paths.ts'
import { etagOf } from './storage.ts'

/** Use a body that is a file, as the router hands it over; whatever happens, nothing of it is left behind. */
export const received = (
  value: unknown,
  use: (content: Spooled | Uint8Array) => void,
): Record<string, never> => {
  try {
    use(value instanceof Spooled || value instanceof Uint8Array ? value : new Uint8Array())
  } finally {
    if (value instanceof Spooled) rmSync(value.path, { force: true })
  }
  return {}
}

/** Artifacts are anybody's files: a browser must not show them as pages of this server. */
const attachment = (call: Call, path: string): void => {
  const name = encodeURIComponent(path.split('/').at(-1) ?? '')
  call.headers['content-disposition'] = `attachment; filename*=UTF-8''${name}`
  call.headers['x-content-type-options'] = 'nosniff'
}

/** What a plain MLflow server does for `mlflow-artifacts:/<path>`. */
export const artifactProxyHandlers: Handlers<typeof artifactProxy> = {
  download: (input, call) => {
    const path = readFilePath(input.path)
    const file = openArtifact(call, { store: 'mlflow', path })
    attachment(call, path)
    call.headers['etag'] = etagOf(file.stats)
    return file
  },
  upload: (input, call) => {
    received(input.content, (content) => {
      writeArtifact(call, { store: 'mlflow', path: readFilePath(input.path) }, content)
    })
    return new Uint8Array()
  },
  list: (input, call) => {
    const path = readArtifactPath(input.path)
    const { files } = listArtifacts(call, `mlflow-artifacts:/${path}`, '')
    return files === undefined ? {} : { files }
  },
  delete: (input, call) => {
    removeArtifact(call, { store: 'mlflow', path: readFilePath(input.path) })
    return {}
  },
}
