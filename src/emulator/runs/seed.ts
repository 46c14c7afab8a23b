import type { JobRun } from '../../wire/runs.ts'
import { nextId, now } from '../server/clock.ts'
import type { Store } from '../server/store.ts'
import { addRun } from './record.ts'

/** A run of /_emulator/runs: shown as it is for ever, active unless its state says otherwise. Nobody drives it. */
export const seedRun = (db: Store, seeded: Partial<JobRun>): string => {
  const id = nextId(db)
  const at = typeof seeded.start_time === 'number' ? seeded.start_time : now(db)
  addRun(
    db,
    {
      id,
      job: seeded.job_id === undefined ? '' : `${seeded.job_id}`,
      name: seeded.run_name ?? '',
      type: seeded.run_type === 'SUBMIT_RUN' ? 'SUBMIT_RUN' : 'JOB_RUN',
      creator: '',
      runAs: '',
      settings: {},
      single: false,
      overrides: {},
      created: at,
      origin: '',
      life: seeded.state?.life_cycle_state ?? 'RUNNING',
      tasks: [],
      clusters: {},
      seeded,
    },
    '',
  )
  return id
}
