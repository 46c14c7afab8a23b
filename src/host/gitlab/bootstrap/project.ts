import type { BootstrapStep, Wanted } from '../../bootstrap.ts'
import { ask } from '../../bootstrap-ask.ts'
import { done, forOwner, toUpdate } from '../../bootstrap-steps.ts'
import type { Gitlab } from './client.ts'

const usualPath = '.gitlab-ci.yml'

const configPath = ({ project }: Gitlab): BootstrapStep => {
  const what = 'CI configuration file'
  const path = project.ci_config_path
  if (!path || path === usualPath) return done(what, usualPath)
  return forOwner(
    what,
    `the project reads ${path}: either include .gitlab/brickrail.yml there, or clear «CI/CD configuration file» in Settings > CI/CD`,
  )
}

const buildsOn = ({ project }: Gitlab): BootstrapStep[] => {
  if (project.builds_access_level !== 'disabled') return []
  const why = `it is switched off: ${project.web_url}/edit, Visibility, project features, permissions`
  return [forOwner('CI/CD', why)]
}

type Setting = [what: string, why: string, is: boolean, change: Readonly<Record<string, unknown>>]

/**
 * Settings of the project as a whole.
 * https://docs.gitlab.com/ci/environments/deployment_safety/#prevent-outdated-deployment-jobs
 */
const settingsOf = ({ project }: Gitlab, wanted: Wanted): Setting[] => {
  const deploys: Setting[] =
    wanted.locks.length === 0
      ? []
      : [
          [
            'prevent outdated deployment jobs',
            'an older pipeline must not deploy over a newer one',
            project.ci_forward_deployment_enabled === true,
            { ciForwardDeploymentEnabled: true },
          ],
        ]
  const merges: Setting[] =
    wanted.checks.length === 0
      ? []
      : [
          [
            'merge only when the pipeline is green',
            'the checks of a merge request must hold it back',
            project.only_allow_merge_if_pipeline_succeeds === true,
            { onlyAllowMergeIfPipelineSucceeds: true },
          ],
        ]
  return [...deploys, ...merges]
}

/** Where the jobs are read from, and what the project lets pass. */
export const projectSteps = async (gitlab: Gitlab, wanted: Wanted): Promise<BootstrapStep[]> => {
  const { api, project } = gitlab
  const changes = settingsOf(gitlab, wanted).map(([what, why, is, change]) =>
    is
      ? done(what)
      : toUpdate(what, why, () => ask(`to set «${what}»`, () => api.Projects.edit(project.id, change))),
  )
  return [...buildsOn(gitlab), configPath(gitlab), ...changes]
}
