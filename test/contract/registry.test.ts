import { exercisesEveryEndpointOf } from './coverage.ts'
import { plainFace, workspaceFace } from './mlflow-subject.ts'
import { registrySuite } from './registry-suite.ts'

const plain = plainFace()
const workspace = await workspaceFace()

registrySuite(plain)
registrySuite(workspace)

exercisesEveryEndpointOf('registry', plain)
