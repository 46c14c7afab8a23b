import type { Fault } from '../../errors.ts'
import type { ApprovalSource, RegistryKind } from '../../plan/state-policy.ts'
import { faultAt } from '../faults.ts'
import { get, placeOf, text, texts, type Located } from '../located.ts'
import type { Draft, Rule } from './known.ts'
import { places } from './schema.ts'
import { itemsAt, numberAt } from './values.ts'

/** The registry that has it; the others are everywhere. */
const only: Partial<Record<ApprovalSource, { kind: RegistryKind; why: string }>> = {
  transition_request: {
    kind: 'workspace',
    why: 'only the workspace registry has transition requests',
  },
  unity_catalog_tag: { kind: 'unity-catalog', why: 'this is a tag of a version in Unity Catalog' },
}

const rulesOf = ({ node }: Draft): { place: string; rule: Located }[] =>
  places.flatMap((place) => {
    const rule = get(node, 'approvals', place)
    return rule?.kind === 'map' ? [{ place, rule }] : []
  })

const sourcesOf = (rule: Located): string[] => texts(rule, 'sources') ?? []
const fits = (source: string, kind: RegistryKind): boolean =>
  Object.entries(only).every(([name, one]) => name !== source || one.kind === kind)

const sourceRule: Rule = (draft) =>
  rulesOf(draft).flatMap(({ rule }) => {
    const list = get(rule, 'sources')
    const items = itemsAt(list)
    if (list?.kind === 'list' && items.length === 0 && numberAt(rule, 'required') !== 0)
      return [
        faultAt(
          list.at,
          'approval-source',
          'no approval can come from nowhere',
          'remove the line, or name a source',
        ),
      ]
    const usable = [
      'ci_environment',
      'signed_file',
      ...Object.keys(only).filter((name) => fits(name, draft.kind)),
    ]
    return items
      .filter((item) => !fits(text(item) ?? '', draft.kind))
      .map((item) => {
        const source = text(item) ?? ''
        const why = Object.entries(only).find(([name]) => name === source)?.[1].why ?? ''
        const message = `«${source}» is no source for registry ${draft.kind}: ${why}`
        return faultAt(item.at, 'approval-source', message, `one of ${usable.join(', ')}`)
      })
  })

/** Unity Catalog does not say who set a tag, so a tag is no answer to the question who has approved. */
const anonymousRule: Rule = (draft) =>
  rulesOf(draft).flatMap(({ rule }) => {
    const [source] = sourcesOf(rule)
    const asks = itemsAt(rule, 'from').length > 0 || itemsAt(rule, 'distinct_from').length > 0
    const usual = get(rule, 'distinct_from') === undefined
    if (
      draft.kind !== 'unity-catalog' ||
      source !== 'unity_catalog_tag' ||
      sourcesOf(rule).length > 1 ||
      !(asks || usual)
    )
      return []
    const message = 'Unity Catalog does not say who set a tag, and this asks who it was'
    const hint = 'write distinct_from: [] and no from, or add the source ci_environment or signed_file'
    return [faultAt(placeOf(rule, ['sources']), 'approval-without-user', message, hint)]
  })

const signersRule: Rule = (draft) =>
  rulesOf(draft).flatMap(({ rule }): Fault[] => {
    const wants = sourcesOf(rule).includes('signed_file')
    const signers = get(rule, 'signers')
    if (wants && !signers) {
      const message = 'nobody knows whose signature counts'
      const hint = 'add signers: pipelines/approvals/allowed_signers (see ssh-keygen, ALLOWED SIGNERS)'
      return [faultAt(placeOf(rule, ['sources']), 'signers-are-named', message, hint)]
    }
    if (signers && get(rule, 'sources') && !wants) {
      const message = '«signers» means nothing without the source signed_file'
      return [
        faultAt(placeOf(rule, ['signers'], 'key'), 'useless-key', message, 'add signed_file to sources'),
      ]
    }
    return []
  })

const peopleRule: Rule = (draft) =>
  rulesOf(draft).flatMap(({ rule }): Fault[] => {
    const from = texts(rule, 'from') ?? []
    const faults = itemsAt(rule, 'from')
      .filter((item) => /^(|group:\s*)$/.test((text(item) ?? 'x').trim()))
      .map((item) =>
        faultAt(item.at, 'approver-has-a-name', 'this names nobody', 'a user name, or group:<name>'),
      )
    const users = new Set(from.filter((one) => !one.startsWith('group:')))
    const required = numberAt(rule, 'required') ?? 1
    const enough = from.length === 0 || from.some((one) => one.startsWith('group:')) || required <= users.size
    if (enough) return faults
    const message = `${required} approvals are required, and ${users.size} user(s) may give one`
    const at = get(rule, 'required')?.at ?? placeOf(rule, ['from'])
    return [...faults, faultAt(at, 'approvers-are-enough', message, 'name more users, or a group')]
  })

const placeRule: Rule = (draft) => {
  const path = texts(draft.node, 'path')
  return rulesOf(draft)
    .filter(({ place }) => path && !path.includes(place))
    .map(({ place }) => {
      const at = placeOf(draft.node, ['approvals', place], 'key')
      const message = `${place} is not in the path, so nothing is ever promoted there`
      return faultAt(at, 'approvals-of-the-path', message, `add ${place} to path, or remove this`)
    })
}

export const approvalRules: readonly Rule[] = [sourceRule, anonymousRule, signersRule, peopleRule, placeRule]

/** Beside other sources it is allowed, and yet never counts. */
export const approvalWarnings: Rule = (draft) =>
  rulesOf(draft).flatMap(({ rule }) => {
    const item = itemsAt(rule, 'sources').find((one) => text(one) === 'unity_catalog_tag')
    const asks = itemsAt(rule, 'from').length > 0 || get(rule, 'distinct_from') === undefined
    const more = itemsAt(rule, 'distinct_from').length > 0
    if (!item || sourcesOf(rule).length < 2 || !(asks || more)) return []
    const message =
      'a tag does not count here: Unity Catalog does not say who set it, and this asks who it was'
    return [
      faultAt(item.at, 'tag-does-not-count', message, 'write distinct_from: [] and no from, or remove it'),
    ]
  })
