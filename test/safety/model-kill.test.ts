import { killMatrix } from './matrix.ts'
import { tellModels } from './model-story.ts'

// All stories on all registries: test/conformance/model-kill-matrix.test.ts.
killMatrix(await tellModels('workspace', ['a new champion']))
