import { faultMatrix } from './matrix.ts'
import { tellAll } from './story.ts'

// Every fourth one, for the time that `npm test` has; all of them are in test/conformance/fault-matrix.test.ts.
faultMatrix(await tellAll(['blue-green']), { step: 4 })
