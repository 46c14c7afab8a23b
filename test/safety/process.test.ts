import { processMatrix } from './process-matrix.ts'

// Every fourth one, for the time that `npm test` has; all of them are in test/conformance/process-matrix.test.ts.
processMatrix({ step: 4 })
