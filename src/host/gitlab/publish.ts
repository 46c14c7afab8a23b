import type { Publishing } from '../host.ts'

/** GitLab takes summary and outputs as artifacts: the generated jobs name the files of BRICKRAIL_REPORTS. */
export const publishing: Publishing = {
  takesOutputs: false,
  setOutputs: async () => [],
  addSummary: async () => [],
}
