// https://learn.microsoft.com/en-us/azure/devops/pipelines/process/templates
import type { Pipeline } from '../model.ts'
import { junitReports } from '../reports.ts'
import { bashText } from './script.ts'

const parameter = (name: string, type: 'string' | 'number', value?: string | number): object => ({
  name,
  type,
  ...(value !== undefined && { default: value }),
})

/**
 * Steps before the script. `clean` matters to agents of one's own, which keep the folder: reports of an earlier run would be
 * published as this one's.
 */
export const prepareTemplate = ({ install, jobs }: Pipeline): object => {
  const history = jobs.some((job) => job.history)
  // A job may have another `install`, or none.
  const differs = jobs.some((job) => job.install !== undefined)
  const parameters = [
    ...(history ? [parameter('fetchDepth', 'number', 1)] : []),
    ...(differs ? [parameter('install', 'string', 'project')] : []),
  ]
  const step = { bash: bashText(install), displayName: 'install' }
  const chosen = differs ? { "${{ if eq(parameters.install, 'project') }}": [step] } : step
  return {
    parameters: parameters.length > 0 ? parameters : undefined,
    steps: [
      {
        checkout: 'self',
        clean: true,
        fetchDepth: history ? '${{ parameters.fetchDepth }}' : 1,
        fetchTags: false,
        persistCredentials: false,
      },
      { task: 'NodeTool@0', displayName: 'Node.js', inputs: { versionSpec: '24.x' } },
      ...(install.length > 0 ? [chosen] : []),
    ],
  }
}

/** Also of a failed job: its reports are wanted most. */
const condition = 'succeededOrFailed()'

/** What was published once cannot be published again under that name: a job that is run anew has a new one. */
const artifact = '${{ parameters.job }}-$(System.JobAttempt)'

/** Steps after the script. */
export const publishTemplate = (): object => ({
  parameters: [
    parameter('job', 'string'),
    parameter('junit', 'string', junitReports),
    parameter('artifacts', 'string', ''),
  ],
  steps: [
    {
      "${{ if ne(parameters.junit, '') }}": [
        {
          task: 'PublishTestResults@2',
          displayName: 'publish test results',
          condition,
          inputs: {
            testResultsFormat: 'JUnit',
            testResultsFiles: '${{ parameters.junit }}',
            testRunTitle: '${{ parameters.job }}',
            failTaskOnMissingResultsFile: false,
          },
        },
      ],
    },
    {
      "${{ if ne(parameters.artifacts, '') }}": [
        {
          task: 'CopyFiles@2',
          displayName: 'collect artifacts',
          condition,
          inputs: {
            contents: '${{ parameters.artifacts }}',
            targetFolder: '$(Build.ArtifactStagingDirectory)',
          },
        },
        {
          publish: '$(Build.ArtifactStagingDirectory)',
          artifact,
          displayName: 'publish artifacts',
          condition,
        },
      ],
    },
  ],
})
