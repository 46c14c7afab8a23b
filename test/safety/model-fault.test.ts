import { faultMatrix } from './matrix.ts'
import { swallowMatrix } from './matrix.ts'
import { modelFaults, tellModels } from './model-story.ts'

const stories = await tellModels('mlflow', ['a new champion'])

// Every fifth one, for the time that `npm test` has; all of them are in test/conformance/model-fault-matrix.test.ts.
faultMatrix(stories, { kinds: modelFaults.filter(({ times }) => times === undefined), step: 5 })
swallowMatrix(stories)
