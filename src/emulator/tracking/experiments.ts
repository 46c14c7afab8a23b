import { posix } from 'node:path'
import type { InputOf } from '../../wire/endpoint.ts'
import type { Experiment, tracking } from '../../wire/tracking.ts'
import { checkKey, checkLength } from '../mlflow/names.ts'
import { neededWord, pairs, word } from '../mlflow/read.ts'
import { dropValue, putValue } from '../mlflow/sets.ts'
import type { Call, Handlers } from '../server/call.ts'
import { badValue, absent, Refused } from '../server/refused.ts'
import type { Loose } from '../server/read.ts'
import { find } from '../tree/objects.ts'
import {
  activeExperiment,
  addExperiment,
  experimentNamed,
  neededExperiment,
  showExperiments,
  type ExperimentRow,
} from './experiment-rows.ts'

const mostName = 500
const mostTag = 20_000

const withoutMount = (name: string): string => name.replace(/^\/Workspace(?=\/)/, '')

/** In a workspace an experiment is an object of the tree: an absolute path, in a folder that exists. */
const workspaceName = ({ db }: Call, given: string): string => {
  const name = posix.normalize(withoutMount(given))
  if (!name.startsWith('/') || name.endsWith('/'))
    throw badValue(
      `Got an invalid experiment name '${given}'. An experiment name must be an absolute path within the Databricks workspace, e.g. '/Users/<some-username>/my-experiment'.`,
    )
  const parent = posix.dirname(name)
  if (find(db, parent)?.type !== 'DIRECTORY') throw absent(`Workspace directory '${parent}' not found.`)
  return name
}

const readName = (call: Call, value: unknown, field: string): string => {
  const name = neededWord(value, field)
  checkLength(name, mostName, field)
  return call.face === 'databricks' ? workspaceName(call, name) : name
}

const taken = (name: string) =>
  new Refused(400, 'RESOURCE_ALREADY_EXISTS', `Experiment(name=${name}) already exists.`)

const create = (call: Call, input: Loose<InputOf<typeof tracking.createExperiment>>): string => {
  const name = readName(call, input.name, 'name')
  const tags = pairs(input.tags, 'tags')
  for (const { key, value } of tags) {
    checkKey(key, 'key')
    checkLength(value, mostTag, 'value')
  }
  const location = word(input.artifact_location, 'artifact_location')?.replace(/\/+$/, '')
  const id = addExperiment(call, name, location)
  if (id === undefined) throw taken(name)
  for (const tag of tags) putValue(call.db, 'mlflow_experiment_tags', id, tag)
  return id
}

const show = (call: Call, row: ExperimentRow): { experiment: Experiment } => {
  const [experiment] = showExperiments(call, [row])
  if (experiment === undefined) throw absent(`No Experiment with id=${row.id} exists`)
  return { experiment }
}

/** The real server's status is 500 for a wrong state, the workspace's is 400. */
const wrongState = (call: Call, message: string) =>
  new Refused(call.face === 'mlflow' ? 500 : 400, 'INVALID_STATE', message)

const rename = (call: Call, id: string, value: unknown): void => {
  const found = neededExperiment(call, id)
  const name = readName(call, value, 'new_name')
  if (found.stage !== 'active') throw wrongState(call, 'Cannot rename a non-active experiment.')
  if ((experimentNamed(call, name)?.id ?? id) !== id)
    throw call.face === 'mlflow' ? new Refused(400, 'BAD_REQUEST', `The name ${name} is taken`) : taken(name)
  call.db.run('UPDATE mlflow_experiments SET name = ?, updated = ? WHERE id = ?', name, call.now, id)
}

/** Its runs go along, and come back. */
const move = (call: Call, id: string, from: 'active' | 'deleted'): void => {
  const { stage } = neededExperiment(call, id)
  const to = from === 'active' ? 'deleted' : 'active'
  if (stage !== from) throw absent(`No ${from} experiment with id=${id} exists`)
  const { db, now } = call
  db.run('UPDATE mlflow_experiments SET stage = ?, updated = ? WHERE id = ?', to, now, id)
  db.run(
    'UPDATE mlflow_runs SET stage = ?, deleted = ? WHERE experiment = ? AND stage = ?',
    to,
    to === 'deleted' ? now : null,
    id,
    from,
  )
}

const setTag = (call: Call, input: Loose<InputOf<typeof tracking.setExperimentTag>>): void => {
  const id = neededWord(input.experiment_id, 'experiment_id')
  const key = neededWord(input.key, 'key')
  const value = word(input.value, 'value') ?? ''
  checkKey(key, 'key')
  checkLength(value, mostTag, 'value')
  activeExperiment(call, id)
  putValue(call.db, 'mlflow_experiment_tags', id, { key, value })
}

const deleteTag = (call: Call, input: Loose<InputOf<typeof tracking.deleteExperimentTag>>): void => {
  const id = neededWord(input.experiment_id, 'experiment_id')
  const key = neededWord(input.key, 'key')
  activeExperiment(call, id)
  if (!dropValue(call.db, 'mlflow_experiment_tags', id, key))
    throw absent(`No tag with name: ${key} in experiment with id ${id}`)
}

type Own = Pick<
  Handlers<typeof tracking>,
  | 'createExperiment'
  | 'getExperiment'
  | 'getExperimentByName'
  | 'updateExperiment'
  | 'deleteExperiment'
  | 'restoreExperiment'
  | 'setExperimentTag'
  | 'deleteExperimentTag'
>

const idOf = (input: { readonly experiment_id?: unknown }): string =>
  neededWord(input.experiment_id, 'experiment_id')

export const experimentHandlers: Own = {
  createExperiment: (input, call) => ({ experiment_id: create(call, input) }),
  getExperiment: (input, call) => show(call, neededExperiment(call, idOf(input))),
  getExperimentByName: (input, call) => {
    const name = neededWord(input.experiment_name, 'experiment_name')
    const found = experimentNamed(call, call.face === 'databricks' ? withoutMount(name) : name)
    if (found === undefined) throw absent(`Could not find experiment with name '${name}'`)
    return show(call, found)
  },
  updateExperiment: (input, call) => {
    rename(call, idOf(input), input.new_name)
    return {}
  },
  deleteExperiment: (input, call) => {
    move(call, idOf(input), 'active')
    return {}
  },
  restoreExperiment: (input, call) => {
    move(call, idOf(input), 'deleted')
    return {}
  },
  setExperimentTag: (input, call) => {
    setTag(call, input)
    return {}
  },
  deleteExperimentTag: (input, call) => {
    deleteTag(call, input)
    return {}
  },
}
