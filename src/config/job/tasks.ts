import { get, text, type Located, type Path } from '../located.ts'

/** One task of a job, also one that stands in a for_each_task. */
export interface TaskNode {
  /** Empty when it has none. */
  key: string
  /** From the root of the settings. */
  path: Path
  node: Located
  /** Stands in a for_each_task: no depends_on of its own. */
  nested: boolean
}

const nested = (task: TaskNode): TaskNode[] => {
  const node = get(task.node, 'for_each_task', 'task')
  if (node?.kind !== 'map') return []
  const path = [...task.path, 'for_each_task', 'task']
  const inner = { key: text(node, 'task_key') ?? task.key, path, node, nested: true }
  return [inner, ...nested(inner)]
}

/** Every task, those in loops after the loop. */
export const tasksOf = (settings: Located): TaskNode[] => {
  const list = get(settings, 'tasks')
  if (list?.kind !== 'list') return []
  return list.items.flatMap((node, i) => {
    const task = { key: text(node, 'task_key') ?? '', path: ['tasks', i], node, nested: false }
    return [task, ...nested(task)]
  })
}

/** What messages call it: by its key, or by its place among the tasks. */
export const called = ({ key, path }: TaskNode): string =>
  key === '' ? `task number ${Number(path[1]) + 1}` : `task ${key}`

export const keysOf = (node: Located): string[] => (node.kind === 'map' ? [...node.entries.keys()] : [])

/** Values of one field of a list's items: the keys of job clusters or environments. */
export const namesIn = (settings: Located, list: string, field: string): string[] => {
  const found = get(settings, list)
  return found?.kind === 'list' ? found.items.flatMap((item) => text(item, field) ?? []) : []
}
