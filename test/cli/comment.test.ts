import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commentMarkdown, postComment, type CommentOptions } from '../../src/cli/comment.ts'
import { Fail } from '../../src/errors.ts'
import { openHost } from '../../src/host/open.ts'
import type { Event } from '../../src/report/events.ts'
import type { Outcome } from '../../src/report/outcome.ts'
import { createRedactor } from '../../src/report/redact.ts'
import { stages, type Stage } from '../host/fakes/stages.ts'
import { clusterChange, planOf } from '../report/samples.ts'
import { createHarness, virtualClock, writes } from '../support/harness.ts'
import { accepted, cancelled, failed, good, pending, refused, secret } from './comment-samples.ts'

const optionsFor = (env: Record<string, string>, outcome: Outcome): CommentOptions & { events: Event[] } => {
  const events: Event[] = []
  const redactor = createRedactor()
  redactor.add(secret)
  const stop = new AbortController().signal
  const silent = { write: () => undefined }
  return {
    world: {
      env,
      cwd: '/',
      clock: virtualClock(),
      fetch: globalThis.fetch,
      stop,
      stdout: silent,
      stderr: silent,
    },
    host: openHost(env),
    redactor,
    emit: (event) => void events.push(event),
    values: { target: 'dev' },
    outcome,
    events,
  }
}

const notices = (events: readonly Event[]): string[] =>
  events.flatMap((event) =>
    event.type === 'notice' ? [`${event.level}: ${event.text} (${event.hint ?? ''})`] : [],
  )

describe.each(['gitlab', 'azure', 'github'] as const)('plan --comment on %s', (host) => {
  let stage: Stage
  beforeEach(async () => {
    stage = await stages[host]()
  })
  afterEach(async () => {
    await stage.close()
  })
  const stateOf = (status: Record<string, unknown> | undefined): unknown => status?.['state']
  const states = { gitlab: ['success', 'failed'], azure: [2, 3], github: ['success', 'failure'] }[host]

  it('shows the plan, and where it came from, and keeps to one comment', async () => {
    const options = optionsFor(stage.env, good)
    expect(await postComment(options)).toBe(0)
    expect(await postComment(optionsFor(stage.env, failed))).toBe(5)
    expect(await postComment(optionsFor(stage.env, good))).toBe(0)
    const [text, ...others] = stage.comments()
    expect(others).toEqual([])
    expect(text).toMatch(
      /^<!-- brickrail:plan:dev -->\n### ✅ Brickrail plan for dev\n\n\*\*Plan: 1 cluster to resize\.\*\*/,
    )
    expect(text).toMatch(/\n---\n\ncommit `c0ffee00` · \[log of the job\]\(https?:\/\/[^)]+\)\s*$/)
    expect(stage.statuses.map(stateOf)).toEqual([states[0], states[1], states[0]])
    expect(stage.statuses[0]?.['description']).toBe('Plan: 1 cluster to resize.')
    expect(notices(options.events)).toEqual(['info: the comment of the merge request was created ()'])
  })

  it('shows a failure without its secrets', async () => {
    expect(await postComment(optionsFor(stage.env, failed))).toBe(5)
    expect(stage.comments()[0]).toMatch(
      /### ❌ Brickrail plan for dev \(exit 5\)\n\n\*\*error:\*\* no \\\*\\\*\\\*<br>/,
    )
    expect(stage.statuses[0]?.['description']).toBe('no ***')
  })

  it('takes pending changes for what a plan is for', async () => {
    expect(await postComment(optionsFor(stage.env, pending))).toBe(3)
    expect(stage.comments()[0]).toMatch(/### ✅ Brickrail plan for dev\n\n\*\*Plan:/)
    expect(stage.statuses.map(stateOf)).toEqual([states[0]])
  })

  it('keeps the verdicts of models in a comment of their own, the table of each in it', async () => {
    await postComment(optionsFor(stage.env, good))
    expect(await postComment(optionsFor(stage.env, accepted))).toBe(0)
    expect(await postComment(optionsFor(stage.env, refused))).toBe(8)
    const [plan, verdict, ...others] = stage.comments()
    expect(others).toEqual([])
    expect(plan).toContain('<!-- brickrail:plan:dev -->')
    expect(verdict).toMatch(
      /^<!-- brickrail:evaluate:dev -->\n### ❌ Brickrail evaluate for dev \(exit 8\)\n/,
    )
    for (const text of ['Model is not accurate, retrain the model!', 'metrics.r2.min', '0.71'])
      expect(verdict).toContain(text)
    expect(verdict).not.toContain(secret)
    expect(stage.statuses.map(stateOf)).toEqual([states[0], states[0], states[1]])
    expect(stage.statuses[2]?.['description']).toMatch(/^fraud version 7 to staging: refused/)
  })

  it('fails when the comment with a refusal is refused itself', async () => {
    stage.fake.trouble({
      path: stage.place,
      method: 'POST',
      answer: { status: 403, body: { message: 'no' } },
    })
    await expect(postComment(optionsFor(stage.env, refused))).rejects.toThrow(Fail)
  })

  it('says nothing of a run that was cancelled', async () => {
    expect(await postComment(optionsFor(stage.env, cancelled))).toBe(4)
    expect(stage.fake.requests).toEqual([])
  })

  it('fails when it is refused, though the plan was made', async () => {
    stage.fake.trouble({
      path: stage.place,
      method: 'POST',
      answer: { status: 403, body: { message: 'no' } },
    })
    const error = await postComment(optionsFor(stage.env, good)).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(Fail)
    expect(error).toMatchObject({ code: 'CI_DENIED', exit: 5 })
  })

  it.each([
    ['an error of the server', { answer: { status: 502, body: { message: 'bad gateway' } }, times: 9 }],
    ['no server', { answer: 'hang up' as const, times: 9 }],
  ])('is a warning in an outage of the host: %s', async (_what, trouble) => {
    stage.fake.trouble({ path: stage.place, ...trouble })
    const options = optionsFor(stage.env, good)
    expect(await postComment(options)).toBe(0)
    expect(notices(options.events).join()).toMatch(/warning: no comment was made: /)
  })

  it('leaves the plan its own failure when it is refused, too', async () => {
    stage.fake.trouble({
      path: stage.place,
      method: 'POST',
      answer: { status: 403, body: { message: 'no' } },
    })
    const options = optionsFor(stage.env, failed)
    expect(await postComment(options)).toBe(5)
    expect(notices(options.events).join()).toMatch(/^warning: no comment was made: .* does not allow POST/)
  })

  it('keeps within the limit, and says so', async () => {
    const changes = Array.from({ length: 100 }, (_, n) =>
      clusterChange({
        key: `c${n}`,
        name: `cluster number ${n}`,
        action: 'edit',
        fields: Array.from({ length: 50 }, (_, f) => ({
          path: `spark_conf.key.${f}`,
          old: 'a'.repeat(200),
          new: 'b'.repeat(200),
        })),
      }),
    )
    await postComment(optionsFor(stage.env, { ...good, plan: planOf({ clusters: changes }) }))
    const text = stage.comments()[0] ?? ''
    const most = { gitlab: 1_000_000, azure: 150_000, github: 65_536 }[host]
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(most)
    expect(text.slice(-300)).toMatch(
      /_Shortened: \d+ sections left out; the job's log has all of it\._\n\n---\n\ncommit `c0ffee00` · \[log/,
    )
  })
})

describe('plan --comment', () => {
  it('says what to set when there is nowhere to comment', async () => {
    const options = optionsFor({}, good)
    expect(await postComment(options)).toBe(0)
    expect(notices(options.events)[0]).toMatch(/^warning: no comment was made: this is no CI job \(/)
  })

  it('says which variable is lacking, and leaves the exit code alone', async () => {
    const stage = await stages.gitlab()
    const options = optionsFor({ ...stage.env, BRICKRAIL_GITLAB_TOKEN: '' }, pending)
    expect(await postComment(options)).toBe(3)
    expect(notices(options.events)[0]).toMatch(
      /BRICKRAIL_GITLAB_TOKEN is not set \(make a project access token/,
    )
    await stage.close()
  })

  it('has a link that ends where it should', () => {
    const env = {
      GITLAB_CI: 'true',
      CI_JOB_URL: 'https://git.example.com/a_(b)/-/jobs/1',
      CI_COMMIT_SHA: 'abcdef0123456789',
    }
    const text = commentMarkdown(optionsFor(env, good), { commentLimit: 10_000 })
    expect(text).toContain('commit `abcdef01` · [log of the job](https://git.example.com/a_%28b%29/-/jobs/1)')
    const bad = commentMarkdown(optionsFor({ ...env, CI_JOB_URL: 'javascript:alert(1)' }, good), {
      commentLimit: 10_000,
    })
    expect(bad).not.toContain('javascript')
  })

  it('knows the target by the plan, the command line or the environment, in this order', () => {
    const heading = (change: Partial<CommentOptions>): string | undefined =>
      commentMarkdown(
        { ...optionsFor({ BRICKRAIL_TARGET: 'env' }, failed), ...change },
        { commentLimit: 10_000 },
      ).split('\n')[0]
    expect(heading({ outcome: { ...good, plan: planOf({ target: 'planned' }) } })).toMatch(
      /plan for planned$/,
    )
    expect(heading({})).toMatch(/plan for dev \(exit 5\)$/)
    expect(heading({ values: {} })).toMatch(/plan for env \(exit 5\)$/)
  })
})

describe('the command', () => {
  it('comments, keeps to one comment, writes nothing to the workspace, and says what went wrong', async () => {
    const stage = await stages.github()
    const harness = createHarness()
    const fetch: typeof globalThis.fetch = async (input, init) =>
      await (new Request(input).url.startsWith(stage.fake.url) ? globalThis.fetch : harness.emulator.fetch)(
        input,
        init,
      )
    const plan = async (token = harness.emulator.token) => {
      const env = {
        ...stage.env,
        DATABRICKS_HOST: 'http://workspace.test',
        DATABRICKS_TOKEN: token,
        BRICKRAIL_TARGET: 'dev',
      }
      return await harness.run('plan', ['--comment'], { env, fetch })
    }
    expect((await plan()).exit).toBe(0)
    expect(stage.comments()[0]).toMatch(/Brickrail plan for dev[^]*\*\*Plan: 1 cluster to create/)
    stage.fake.trouble({
      path: stage.place,
      method: 'GET',
      answer: { status: 403, body: { message: 'Resource not accessible by integration' } },
    })
    const denied = await plan()
    expect(denied.exit).toBe(5)
    expect(denied.stderr).toContain('error: GitHub does not allow GET /repos/acme/shop/issues/12/comments')
    expect((await plan('wrong-token')).exit).toBe(5)
    expect(stage.comments()).toHaveLength(1)
    expect(stage.comments()[0]).toMatch(/❌ Brickrail plan for dev \(exit 5\)/)
    expect(writes(await harness.requests())).toEqual([])
    harness.close()
    await stage.close()
  })
})
