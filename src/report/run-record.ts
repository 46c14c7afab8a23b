import type { Emit, VerdictNews } from './events.ts'
import type { Outcome } from './outcome.ts'
import type { TestSuite } from './tests.ts'
import { createTasks, type Finished, type Task } from './tasks.ts'
import { latestVerdicts, verdictSuite } from './verdict.ts'

/** A run that is over, for the reports that a CI host reads. Not redacted. */
export interface RunRecord {
  outcome: Outcome
  /** In the order in which they ended; last those that did not. */
  tasks: readonly (Finished | Task)[]
  /** Tests that the run has run, and the checks of gates. */
  suites?: readonly TestSuite[]
  /** ms since 1970. */
  startedAt: number
  endedAt: number
}

export interface TaskRecorder {
  note: Emit
  /** Those that still run are taken out of it: called once, at the end. */
  tasks: () => readonly (Finished | Task)[]
  suites: () => readonly TestSuite[]
}

/** Listens to a run and remembers its tasks. */
export const createTaskRecorder = (): TaskRecorder => {
  const running = createTasks()
  const ended: Finished[] = []
  const suites: TestSuite[] = []
  const verdicts: VerdictNews[] = []
  return {
    note: (event) => {
      if (event.type === 'tests') suites.push(...event.suites)
      if (event.type === 'verdict') verdicts.push(event)
      if (event.type !== 'task') return
      const task = running.note(event)
      if ('endedAt' in task) ended.push(task)
    },
    tasks: () => [...ended, ...running.abandon()],
    suites: () => [...suites, ...latestVerdicts(verdicts).map(verdictSuite)],
  }
}
