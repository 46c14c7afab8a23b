import { killMatrix } from './matrix.ts'
import { tellAll } from './story.ts'

// Every third one, for the time that `npm test` has; all of them are in test/conformance/kill-matrix.test.ts.
killMatrix(await tellAll(['first deploy', 'changed types', 'destroy']), { step: 3 })
