import { judged, noEvidence, type GateCheck, type Refusal } from './check.ts'

type DescriptionCode = 'NO_EVIDENCE' | 'NO_DESCRIPTION'

export const docsDescription: GateCheck<DescriptionCode> = {
  name: 'docs.description',
  codes: ['NO_EVIDENCE', 'NO_DESCRIPTION'],
  ask: ({ policy, evidence }) => {
    if (!policy.checks.docs?.description) return []
    const there = (evidence?.description ?? '').trim() !== ''
    const facts = { check: 'docs.description', found: there ? 'there' : 'none', wanted: 'a description' }
    const refusal = (): Refusal<DescriptionCode> | undefined => {
      if (!evidence) return noEvidence
      const why = 'describe the version or the model in the registry, and evaluate again'
      return there ? undefined : { code: 'NO_DESCRIPTION', why }
    }
    return [judged(facts, refusal())]
  },
}

type CardCode = 'NO_MODEL_CARD' | 'MISSING_SECTIONS'

const plain = (text: string): string => text.trim().toLowerCase()

/** The model card is a file of the repository: its sections come with the policy. */
export const docsModelCard: GateCheck<CardCode> = {
  name: 'docs.model-card',
  codes: ['NO_MODEL_CARD', 'MISSING_SECTIONS'],
  ask: ({ policy }) => {
    const card = policy.checks.docs?.modelCard
    if (!card) return []
    const has = new Set((card.found ?? []).map(plain))
    const missing = card.sections.filter((section) => !has.has(plain(section)))
    const facts = {
      check: 'docs.model-card',
      found:
        card.found === undefined
          ? 'no file'
          : `${card.sections.length - missing.length} of ${card.sections.length} sections`,
      wanted: card.sections.length === 0 ? card.file : `${card.file}: ${card.sections.join(', ')}`,
    }
    if (card.found === undefined)
      return [
        judged<CardCode>(facts, { code: 'NO_MODEL_CARD', why: `there is no file ${card.file}: write it` }),
      ]
    const why = `${card.file} lacks ${missing.join(', ')}: a heading each`
    return [judged(facts, missing.length === 0 ? undefined : { code: 'MISSING_SECTIONS', why })]
  },
}
