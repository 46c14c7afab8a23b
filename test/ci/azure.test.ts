import { describe, expect, it } from 'vitest'
import { bashText } from '../../src/ci/azure/script.ts'
import { accompanies } from '../../src/ci/triggers.ts'
import { stepsOf, variablesOf } from '../conformance/azure/expand.ts'
import {
  azure,
  jobsOf,
  pairs,
  scriptStep,
  scriptText,
  spec,
  type Name,
} from '../conformance/azure/reading.ts'
import { filesOf, sections } from '../conformance/azure/sample.ts'

describe('details', () => {
  it('are in the files of the names that the tutorial uses', () => {
    expect(filesOf(sections.plain).map(({ path }) => path)).toEqual([
      'azure-pipelines/build-cluster.yml',
      'azure-pipelines/build-workspace.yml',
      'azure-pipelines/pull-request.yml',
      'azure-pipelines/promote-model.yml',
      'azure-pipelines/schedule.yml',
      'azure-pipelines/templates/jobs/check-pipelines.yml',
      'azure-pipelines/templates/jobs/validate.yml',
      'azure-pipelines/templates/jobs/catch-up.yml',
      'azure-pipelines/templates/prepare.yml',
      'azure-pipelines/templates/publish.yml',
    ])
    const pushed = azure('rich').paths.filter((path) => azure('rich').expand(path).trigger !== 'none')
    expect(pushed).toEqual(
      ['build-cluster', 'build-workspace', 'preview', 'deploy', 'tag'].map(
        (file) => `azure-pipelines/${file}.yml`,
      ),
    )
  })

  it('have names of their own where a job is called like something else', () => {
    const pushed = azure('history').paths.filter((path) => azure('history').expand(path).trigger !== 'none')
    expect(pushed).toEqual(
      ['style', 'build-cluster', 'build-workspace', 'check', 'push-schedule'].map(
        (file) => `azure-pipelines/${file}.yml`,
      ),
    )
    const stages = azure('history')
      .expand('azure-pipelines/check.yml')
      .stages.map(({ stage }) => stage)
    expect(stages).toEqual(['check_stage', 'catch_up', 'check', 'test'])
  })

  const find = (name: Name, job: string, file?: string) =>
    pairs(name).find(
      (pair) => pair.job.name === job && (file === undefined || pair.path.endsWith(`${file}.yml`)),
    )?.body

  it('hand outputs of a deployment on by its longer path', () => {
    const smoke = find('rich', 'smoke')
    expect(variablesOf(smoke?.variables).values).toMatchObject({
      'sync_workspace.deployment':
        "$[ stageDependencies.sync_workspace.sync_workspace.outputs['sync_workspace.run.deployment'] ]",
    })
    expect(smoke && scriptStep(smoke)?.env).toMatchObject({
      deployment: '$(sync_workspace.deployment)',
      CHAT_URL: '$(CHAT_URL)',
      Colour: 'blue',
    })
    expect(variablesOf(smoke?.variables).values).toMatchObject({ RETRIES: '2' })
  })

  it('publish what is to be kept, by a name that a second attempt does not find taken', () => {
    const smoke = find('rich', 'smoke')
    const steps = smoke ? stepsOf(smoke).slice(-3) : []
    expect(steps).toMatchObject([
      {
        task: 'PublishTestResults@2',
        condition: 'succeededOrFailed()',
        inputs: { testResultsFiles: 'out/junit.xml', failTaskOnMissingResultsFile: false },
      },
      {
        task: 'CopyFiles@2',
        condition: 'succeededOrFailed()',
        inputs: { contents: 'out\nout/**\nlogs/*.txt' },
      },
      {
        publish: '$(Build.ArtifactStagingDirectory)',
        artifact: 'smoke-$(System.JobAttempt)',
        condition: 'succeededOrFailed()',
      },
    ])
    const plain = find('rich', 'build-cluster')
    expect(plain && stepsOf(plain).at(-1)).toMatchObject({
      task: 'PublishTestResults@2',
      inputs: { testResultsFiles: 'brickrail-reports/*.junit.xml' },
    })
    const none = find('rich', 'release-notes')
    expect(none && stepsOf(none).at(-1)?.name).toBe('run')
  })

  it('run on an agent pool of one’s own where a job asks for it', () => {
    expect([find('rich', 'preview')?.pool, find('rich', 'check-pipelines', 'preview')?.pool]).toEqual([
      { name: 'Data Lab' },
      { vmImage: 'ubuntu-24.04' },
    ])
    expect(azure('plain').expand('azure-pipelines/build-cluster.yml').pool).toEqual({
      vmImage: 'ubuntu-24.04',
    })
  })

  it('ask for what may stay empty in a way that the form lets it', () => {
    const [, input] = azure('plain').expand('azure-pipelines/promote-model.yml').parameters ?? []
    expect(input).toMatchObject({ name: 'DEPLOYMENT', type: 'string', default: ' ' })
    const body = find('plain', 'rollback')
    expect(body && scriptStep(body)?.env).toMatchObject({ DEPLOYMENT: '' })
  })

  it('take what a person types as a value of the environment', () => {
    const run = azure('plain').expand('azure-pipelines/promote-model.yml', {
      job: 'rollback',
      DEPLOYMENT: " 7'; rm -rf / #",
    })
    const body = jobsOf(run).find((job) => job.deployment === 'rollback')
    expect(body && scriptStep(body)?.env).toMatchObject({ DEPLOYMENT: "7'; rm -rf / #" })
    expect(body && scriptText(body)).toContain('--to "$DEPLOYMENT"')
  })

  it('give a schedule that is not manual the default of its inputs', () => {
    const body = find('rich', 'retrain', 'schedule')
    expect(body && scriptStep(body)?.env).toMatchObject({ REASON: 'weekly' })
  })

  it('accompany: only check-pipelines is never chosen', () => {
    expect(
      spec('rich')
        .jobs.filter(accompanies)
        .map((job) => job.name),
    ).toEqual(['check-pipelines'])
  })
})

describe('bash', () => {
  const command = './brickrail'
  it.each<[string[], string]>([
    [['./brickrail plan'], 'exec ./brickrail plan'],
    [
      ['./brickrail plan', './brickrail deploy'],
      'set -eo pipefail\n./brickrail plan\nexec ./brickrail deploy\n',
    ],
    [['npm test'], 'set -eo pipefail\nnpm test\n'],
    [['./brickrail plan | tee log'], 'set -eo pipefail\n./brickrail plan | tee log\n'],
    [['./brickrail plan && echo ok'], 'set -eo pipefail\n./brickrail plan && echo ok\n'],
    [['echo \\', './brickrail plan'], 'set -eo pipefail\necho \\\n./brickrail plan\n'],
    [['./brickrail-extra'], 'set -eo pipefail\n./brickrail-extra\n'],
    [['echo "$(date)" $(( 1+2 )) $(cat a b)'], 'set -eo pipefail\necho "$( date)" $(( 1+2 )) $(cat a b)\n'],
  ])('%j', (script, text) => {
    expect(bashText(script, command)).toBe(text)
  })
})
