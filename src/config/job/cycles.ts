import type { Fault } from '../../errors.ts'
import { faultAt } from '../faults.ts'
import { get, placeOf, text } from '../located.ts'
import type { TaskNode } from './tasks.ts'

const dependenciesOf = ({ node }: TaskNode): string[] => {
  const list = get(node, 'depends_on')
  return list?.kind === 'list' ? list.items.flatMap((item) => text(item, 'task_key') ?? []) : []
}

/** Each ring of tasks that wait for each other, once, named as a whole: `a -> b -> a`. */
export const cycleFaults = (tasks: readonly TaskNode[]): Fault[] => {
  const byKey = new Map(tasks.map((task) => [task.key, task]))
  const done = new Set<string>()
  const faults: Fault[] = []
  const visit = (task: TaskNode, trail: readonly TaskNode[]): void => {
    if (done.has(task.key)) return
    const start = trail.indexOf(task)
    if (start >= 0) {
      const ring = [...trail.slice(start), task].map(({ key }) => key).join(' -> ')
      const message = `these tasks wait for each other: ${ring}`
      const at = placeOf(task.node, ['depends_on'])
      faults.push(faultAt(at, 'no-dependency-cycle', message, 'take one of these dependencies out'))
      return
    }
    for (const key of dependenciesOf(task)) {
      const next = byKey.get(key)
      if (next) visit(next, [...trail, task])
    }
    done.add(task.key)
  }
  for (const task of tasks) visit(task, [])
  return faults
}
