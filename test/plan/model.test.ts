import { describe, expect, it } from 'vitest'
import { isBegun, isReached, planPromotion } from '../../src/plan/model.ts'
import type { ModelScene, ModelStep, PromotionAsked, RegistryCan } from '../../src/plan/state-model.ts'
import type { VersionInfo } from '../../src/plan/state-registry.ts'

const stages = { staging: 'Staging', production: 'Production' } as const
const aliases = { staging: 'challenger', production: 'champion' }

const can: Record<'workspace' | 'unity-catalog' | 'both', RegistryCan> = {
  workspace: { kind: 'workspace', stages },
  'unity-catalog': { kind: 'unity-catalog', aliases },
  both: { kind: 'mlflow', stages, aliases },
}

/** `2 Production champion`: a version, its stage, its aliases. */
const versionOf = (text: string, { stages: has }: RegistryCan): VersionInfo => {
  const [version = '', ...names] = text.split(' ')
  const stage = names.find((name) => /^[A-Z]/.test(name)) ?? 'None'
  const named = names.filter((name) => /^[a-z]/.test(name))
  return { version, status: 'READY', aliases: named, tags: {}, ...(has ? { stage } : {}) }
}

const sceneOf = (
  registry: RegistryCan,
  texts: readonly string[],
  fields: Partial<ModelScene> = {},
): ModelScene => {
  const versions = texts.map((text) => versionOf(text, registry))
  const at = (place: 'staging' | 'production') =>
    versions
      .filter(
        (one) =>
          (registry.stages && one.stage === stages[place]) ||
          (registry.aliases && one.aliases.includes(aliases[place])),
      )
      .map(({ version }) => version)
  const holders = { staging: at('staging'), production: at('production') }
  return { versions, holders, requests: [], dangling: {}, ...fields }
}

const asked = (to: string, fields: Partial<PromotionAsked> = {}): PromotionAsked => {
  const [version = '', place] = to.split(' ')
  return {
    model: 'prices',
    action: 'promote',
    place: place === 'staging' ? 'staging' : 'production',
    version,
    archive: true,
    ...fields,
  }
}

const shown = (step: ModelStep): string => {
  if (step.do === 'model.transition')
    return `${step.version} -> ${step.stage}${step.archive ? ' archiving' : ''}`
  if (step.do === 'model.approve-request')
    return `approve ${step.version} ${step.place}${step.archive ? ' archiving' : ''}`
  return step.do === 'model.alias' ? `${step.alias} = ${step.version}` : `no ${step.alias}`
}

const request = { place: 'production' as const, user: 'grace', comment: 'sha', at: 1 }

type Row = [name: string, registry: keyof typeof can, there: string[], to: string, steps: string[]]

const rows: Row[] = [
  ['first release', 'workspace', ['1'], '1 production', ['1 -> Production archiving']],
  ['first to staging', 'workspace', ['1'], '1 staging', ['1 -> Staging archiving']],
  [
    'replaces a champion',
    'workspace',
    ['1 Production', '2 Staging'],
    '2 production',
    ['2 -> Production archiving'],
  ],
  ['is there already', 'workspace', ['2 Production'], '2 production', []],
  [
    'two by hand, a third comes',
    'workspace',
    ['1 Production', '2 Production', '3'],
    '3 production',
    ['3 -> Production archiving'],
  ],
  [
    'two by hand, one stays',
    'workspace',
    ['1 Production', '2 Production'],
    '2 production',
    ['1 -> Archived'],
  ],
  [
    'from the archive',
    'workspace',
    ['1 Archived', '2 Production'],
    '1 production',
    ['1 -> Production archiving'],
  ],
  ['first release', 'unity-catalog', ['1'], '1 production', ['champion = 1']],
  [
    'challenger becomes champion',
    'unity-catalog',
    ['1 champion', '2 challenger'],
    '2 production',
    ['champion = 2', 'no challenger'],
  ],
  [
    'another challenger stays',
    'unity-catalog',
    ['1 champion', '2', '3 challenger'],
    '2 production',
    ['champion = 2'],
  ],
  [
    'a dead run left the challenger',
    'unity-catalog',
    ['2 champion challenger'],
    '2 production',
    ['no challenger'],
  ],
  ['to staging', 'unity-catalog', ['1 champion', '2'], '2 staging', ['challenger = 2']],
  ['is there already', 'unity-catalog', ['2 champion'], '2 production', []],
  ['first release', 'both', ['1'], '1 production', ['1 -> Production archiving', 'champion = 1']],
  [
    'stage, alias, challenger',
    'both',
    ['1 Production champion', '2 Staging challenger'],
    '2 production',
    ['2 -> Production archiving', 'champion = 2', 'no challenger'],
  ],
  [
    'a dead run moved the stage only',
    'both',
    ['1 Archived champion', '2 Production challenger'],
    '2 production',
    ['champion = 2', 'no challenger'],
  ],
  [
    'to staging',
    'both',
    ['1 Production champion', '2'],
    '2 staging',
    ['2 -> Staging archiving', 'challenger = 2'],
  ],
  ['is there already', 'both', ['1 Archived', '2 Production champion'], '2 production', []],
]

describe('the steps of a promotion', () => {
  it.each(rows)('%s, %s', (_name, registry, there, to, steps) => {
    const scene = sceneOf(can[registry], there)
    const plan = planPromotion(asked(to), can[registry], scene, [])
    expect(plan.steps.map(shown)).toEqual(steps)
    expect(plan.from).toEqual(scene.holders[plan.place])
  })

  it.each([
    ['one there', ['1 Production', '2'], ['2 -> Production archiving', '1 -> None']],
    ['none there', ['2'], ['2 -> Production']],
    ['two by hand', ['1 Production', '2 Production'], ['1 -> None']],
  ])('without archive, %s: never two at once', (_name, there, steps) => {
    const plan = planPromotion(
      asked('2 production', { archive: false }),
      can.workspace,
      sceneOf(can.workspace, there),
      [],
    )
    expect(plan.steps.map(shown)).toEqual(steps)
  })

  it('an open request to that place is approved; one to another place is not', () => {
    const plan = (fields: Partial<ModelScene>) =>
      planPromotion(asked('2 production'), can.workspace, sceneOf(can.workspace, ['2 Staging'], fields), [])
    expect(plan({ requests: [request] }).steps.map(shown)).toEqual(['approve 2 production archiving'])
    expect(plan({ requests: [{ ...request, place: 'staging' }] }).steps.map(shown)).toEqual([
      '2 -> Production archiving',
    ])
    expect(plan({ requests: [request] }).hits).toContain(
      'the transition request of grace is approved: that moves the version',
    )
  })
})

describe('what the plan says', () => {
  const said = (registry: keyof typeof can, there: string[], to: string, fields: Partial<ModelScene> = {}) =>
    planPromotion(asked(to), can[registry], sceneOf(can[registry], there, fields), ['1'])

  it('of stages: who serves, who is archived, what leaves staging, what is lacking', () => {
    expect(said('workspace', ['1 Production', '2 Staging'], '2 production').hits).toEqual([
      'version 1 serves production of prices now',
      'readers of models:/prices/Production get version 2',
      'version 1 goes to Archived',
      'version 2 leaves staging: readers of models:/prices/Staging find none',
      'the workspace registry has no aliases: the stage alone says who serves',
    ])
  })

  it('of aliases', () => {
    expect(said('unity-catalog', ['1 champion', '2'], '2 production').hits).toEqual([
      'version 1 serves production of prices now',
      'readers of models:/prices@champion get version 2',
      'version 1 loses alias champion',
      'Unity Catalog has no stages: the alias alone says who serves, and nothing is archived',
    ])
  })

  it('of both, where there is nobody yet', () => {
    expect(said('both', ['2'], '2 production').hits).toEqual([
      'nothing is in production of prices yet',
      'readers of models:/prices/Production and models:/prices@champion get version 2',
    ])
  })

  it('of an alias that dangles and is set anew', () => {
    expect(said('unity-catalog', ['2'], '2 production', { dangling: { production: '7' } }).hits).toContain(
      'alias champion names version 7, which is gone: it is set anew',
    )
  })

  it.each([
    ['nothing odd', ['1 Production', '2'], true, []],
    [
      'unknown to the ledger',
      ['3 Production', '2'],
      true,
      ['the ledger does not know how version 3 came to production: it was put there by hand'],
    ],
    [
      'two at once',
      ['1 Production', '3 Production', '2'],
      true,
      [
        'versions 1 and 3 are both in production, put there by hand: this leaves one',
        'the ledger does not know how version 3 came to production: it was put there by hand',
      ],
    ],
    [
      'archive is off',
      ['1 Production', '2'],
      false,
      ['archive is off: version 1 ends in stage None, not in Archived'],
    ],
    ['archive is off, nobody there', ['2'], false, []],
  ])('warns: %s', (_name, there, archive, warnings) => {
    const plan = planPromotion(
      asked('2 production', { archive }),
      can.workspace,
      sceneOf(can.workspace, there),
      ['1'],
    )
    expect(plan.warnings).toEqual(warnings)
  })
})

describe('how far a promotion has come', () => {
  const half: [string, keyof typeof can, string[], boolean, boolean][] = [
    ['nothing', 'both', ['1 Production champion', '2'], false, false],
    ['stage only', 'both', ['1 Archived champion', '2 Production'], true, false],
    ['stage and alias, challenger left', 'both', ['2 Production champion challenger'], true, false],
    ['all of it', 'both', ['1 Archived', '2 Production champion'], true, true],
    ['two in the stage', 'workspace', ['1 Production', '2 Production'], true, false],
    ['the stage', 'workspace', ['1 Archived', '2 Production'], true, true],
    ['the version is gone', 'workspace', ['1 Production'], false, false],
  ]
  it.each(half)('%s', (_name, registry, there, begun, reached) => {
    const scene = sceneOf(can[registry], there)
    const to = asked('2 production')
    expect([isBegun(to, can[registry], scene), isReached(to, can[registry], scene)]).toEqual([begun, reached])
  })
})
