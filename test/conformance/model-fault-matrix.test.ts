import { faultMatrix } from '../safety/matrix.ts'
import { modelFaults, modelScenarios, tellModels } from '../safety/model-story.ts'

const names = modelScenarios.map(({ name }) => name)

faultMatrix(await tellModels('workspace', names), { kinds: modelFaults })
faultMatrix(
  [
    ...(await tellModels('unity-catalog', ['a new champion'])),
    ...(await tellModels('mlflow', ['a new champion', 'rollback'])),
  ],
  { kinds: modelFaults, step: 2 },
)
