import { killMatrix } from './matrix.ts'
import { tellAll } from './story.ts'

// Every third one, for the time that `npm test` has; all of them are in test/conformance/kill-matrix.test.ts.
killMatrix(await tellAll(['edit', 'resize', 'library removal', 'terminated cluster']), { step: 3 })
