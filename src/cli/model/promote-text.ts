import type { ModelPlan, ModelStep } from '../../plan/state-model.ts'

const stepText = (step: ModelStep): string => {
  switch (step.do) {
    case 'model.transition':
      return `move version ${step.version} to stage ${step.stage}${step.archive ? ', and whoever is there to Archived' : ''}`
    case 'model.approve-request':
      return `approve the transition request of version ${step.version} to ${step.place}${step.archive ? ', and archive whoever is there' : ''}`
    case 'model.alias':
      return `set alias ${step.alias} to version ${step.version}`
    case 'model.unalias':
      return `delete alias ${step.alias}`
  }
}

/** What `promote --plan` prints of one model. */
export const planText = ({ model, action, place, version, steps, hits, warnings }: ModelPlan): string =>
  [
    `${action} version ${version} of ${model} to ${place}:`,
    ...steps.map((step, index) => `  ${index + 1}. ${stepText(step)}`),
    ...hits.map((text) => `  - ${text}`),
    ...warnings.map((text) => `  ! ${text}`),
  ].join('\n')
