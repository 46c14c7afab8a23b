import { exercisesEveryEndpointOf } from './coverage.ts'
import { loggedModelsSuite } from './logged-models-suite.ts'
import { plainFace, workspaceFace } from './mlflow-subject.ts'

for (const subject of [await workspaceFace(), plainFace()]) {
  loggedModelsSuite(subject)
  exercisesEveryEndpointOf('logged-models', subject)
}
