import { killMatrix, swallowMatrix } from '../safety/matrix.ts'
import { modelScenarios, tellModels } from '../safety/model-story.ts'

const names = modelScenarios.map(({ name }) => name)
// Only the workspace registry has requests.
const others = names.filter((name) => name !== 'a request is open')

const stories = [
  ...(await tellModels('workspace', names)),
  ...(await tellModels('unity-catalog', others)),
  ...(await tellModels('mlflow', others)),
]

killMatrix(stories)
swallowMatrix(stories)
