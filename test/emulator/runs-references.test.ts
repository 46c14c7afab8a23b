import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/emulator/runs/condition.ts'
import { resolve, type ReferenceScope } from '../../src/emulator/runs/references.ts'
import type { ConditionTask } from '../../src/wire/jobs.ts'

const scope: ReferenceScope = {
  job: {
    id: '7',
    name: 'train',
    runId: '70',
    trigger: 'one_time',
    startedAt: Date.UTC(2026, 10, 21, 8, 5, 9),
  },
  parameters: { depth: '80', 'a-b': 'x' },
  task: { name: 'main', runId: '701', attempt: 1 },
  tasks: { prepare: { runId: '700', result: 'SUCCESS', attempts: 2 } },
  workspaceUrl: 'https://w',
}

describe('references', () => {
  it.each([
    ['{{job.parameters.depth}}', '80'],
    ['{{ job.parameters.depth }}', '80'],
    ['{{job.parameters.`a-b`}}', 'x'],
    ['j{{job.id}}-r{{job.run_id}}-{{run.id}}', 'j7-r70-70'],
    ['{{job.name}} {{job.repair_count}} {{job.trigger.type}}', 'train 0 one_time'],
    ['{{job.start_time.iso_date}} {{job.start_time.iso_datetime}}', '2026-11-21 2026-11-21T08:05:09Z'],
    ['{{task.name}} {{task.run_id}} {{task.execution_count}}', 'main 701 2'],
    ['{{tasks.prepare.result_state}} {{tasks.prepare.run_id}}', 'success 700'],
    ['{{run_id}} {{parent_run_id}} {{job_id}}', '701 70 7'],
    ['{{workspace.url}}', 'https://w'],
    ['{{constructor}} {{toString.x}}', '{{constructor}} {{toString.x}}'],
    ['{{nobody.knows}} {{this}} {single} {{}}', '{{nobody.knows}} {{this}} {single} {{}}'],
  ])('%s: %s', (given, found) => {
    expect(resolve({ deep: [given, 1, null] }, scope)).toEqual({ deep: [found, 1, null] })
  })

  it.each([
    [
      '{{job.parameters.width}}',
      "The run has no job parameter 'width', but the task refers to {{job.parameters.width}}",
    ],
    ['{{job.parameters.constructor}}', "no job parameter 'constructor'"],
    ['{{tasks.toString.run_id}}', 'Invalid reference'],
    ['{{job.naem}}', 'Invalid reference {{job.naem}}'],
    ['{{tasks.nobody.result_state}}', 'Invalid reference {{tasks.nobody.result_state}}'],
  ])('%s is a fault', (given, message) => {
    expect(() => resolve(given, scope)).toThrow(message)
  })
})

describe('conditions', () => {
  it.each<[string, ConditionTask['op'], string, boolean]>([
    ['a', 'EQUAL_TO', 'a', true],
    ['12.0', 'EQUAL_TO', '12', false],
    ['a', 'NOT_EQUAL', 'b', true],
    ['10', 'GREATER_THAN', '9', true],
    ['9', 'GREATER_THAN_OR_EQUAL', '9.0', true],
    ['-1e3', 'LESS_THAN', '.5', true],
    ['2', 'LESS_THAN_OR_EQUAL', '1', false],
  ])('%s %s %s: %s', (left, op, right, outcome) => {
    expect(evaluate({ op, left, right })).toEqual({ outcome })
  })

  it('cannot order what are no numbers', () => {
    expect(evaluate({ op: 'LESS_THAN', left: 'a', right: '1' })).toEqual({
      fault: "LESS_THAN compares numbers, but the operands are 'a' and '1'",
    })
  })
})
