/** One contract, three servers: both faces of the emulator, and a real MLflow server from PyPI. */
import { afterAll } from 'vitest'
import { artifactSuite } from '../contract/artifacts-suite.ts'
import { loggedModelsSuite } from '../contract/logged-models-suite.ts'
import { protocolSuite } from '../contract/mlflow-protocol.ts'
import { plainFace, realServer, workspaceFace } from '../contract/mlflow-subject.ts'
import { registrySuite } from '../contract/registry-suite.ts'
import { trackingSuite } from '../contract/tracking-suite.ts'
import { startMlflow } from './mlflow-server.ts'

const server = await startMlflow()
afterAll(() => server.close())

for (const subject of [await workspaceFace(), plainFace(), realServer(server.url)]) {
  trackingSuite(subject)
  loggedModelsSuite(subject)
  registrySuite(subject)
  // The workspace hands out signed URLs, which want a network: test/contract/artifacts.test.ts.
  if (subject.face !== 'mlflow') continue
  protocolSuite(subject)
  artifactSuite(subject)
}
