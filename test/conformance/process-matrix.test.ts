import { processMatrix } from '../safety/process-matrix.ts'

processMatrix({ step: 1 })
