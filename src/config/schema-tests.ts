import * as v from 'valibot'
import { closed, said } from './schema-words.ts'

type Wrap = (schema: v.GenericSchema) => v.GenericSchema

const whole = (description: string) => v.pipe(v.number(), v.description(description))

/** One suite: exactly one of command, python and cluster says how it runs (see tests.ts). */
export const suite = ({ optional }: { optional: Wrap }) =>
  closed({
    command: optional(said('A shell command that runs the tests, in the root of the repository.')),
    junit: optional(
      said('The JUnit report that the command writes: a path or glob from the root of the repository.'),
    ),
    python: optional(
      said('Folder of Python tests, from the root of the repository: pytest if it is there, else unittest.'),
    ),
    cluster: optional(said('Key of a cluster: pytest runs there.')),
    path: optional(said('With cluster: folder or file of the tests, below the synced folder.')),
    retries: optional(
      whole('How often failed tests are run again, 0 to 5. Default 0. What needed it is shown as flaky.'),
    ),
    timeout: optional(whole('Seconds after which the suite is stopped. Default 1800.')),
  })
