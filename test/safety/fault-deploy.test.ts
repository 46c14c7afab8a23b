import { faults } from './faults.ts'
import { faultMatrix } from './matrix.ts'
import { tellAll } from './story.ts'

/** What comes in a row is told in fault-blue-green, which has every kind of call. */
const kinds = faults.filter(({ times }) => times === undefined)

// Every fourth one, for the time that `npm test` has; all of them are in test/conformance/fault-matrix.test.ts.
faultMatrix(await tellAll(['first deploy', 'edit']), { kinds, step: 4 })
