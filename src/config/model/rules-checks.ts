import type { Fault } from '../../errors.ts'
import { faultAt } from '../faults.ts'
import { entriesOf, get, placeOf, text, type Located } from '../located.ts'
import type { Rule } from './known.ts'
import { itemsAt, numberAt } from './values.ts'

const bounds = ['min', 'max']
const comparing = ['min_relative_gain', 'max_relative_loss', 'min_absolute_gain', 'max_absolute_loss']

const crossed = (item: Located): Fault[] => {
  const [min, max] = [numberAt(item, 'min'), numberAt(item, 'max')]
  if (min === undefined || max === undefined || min <= max) return []
  const message = `min ${min} is above max ${max}: nothing can pass`
  return [faultAt(placeOf(item, ['min'], 'key'), 'min-below-max', message, 'change one of the two')]
}

/** What both ends of an exchange ask for at once: a gain that may be a loss. */
const doubled = (item: Located): Fault[] =>
  ['relative', 'absolute'].flatMap((how): Fault[] => {
    const [gain, loss] = [`min_${how}_gain`, `max_${how}_loss`]
    if (numberAt(item, gain) === undefined || numberAt(item, loss) === undefined) return []
    const message = `«${gain}» asks for more than «${loss}» allows`
    return [faultAt(placeOf(item, [loss], 'key'), 'gain-or-loss', message, `remove ${loss}`)]
  })

const metricFaults = (item: Located): Fault[] => {
  const name = text(item, 'name') ?? ''
  // A key that nobody knows was meant to ask for something.
  const asks = entriesOf(item).some(([key]) => !['name', 'direction', 'message'].includes(key))
  const compared = comparing.find((key) => get(item, key))
  if (item.kind === 'map' && !asks) {
    const hint = `add ${bounds.join(', ')}, or one of ${comparing.join(', ')}`
    return [faultAt(item.at, 'metric-without-rule', `the metric «${name}» is asked for nothing`, hint)]
  }
  if (compared === undefined || get(item, 'direction')) return []
  const message = `«${compared}» compares, and nobody knows whether more of «${name}» is better`
  return [
    faultAt(placeOf(item, [compared], 'key'), 'metric-needs-direction', message, 'add direction: max or min'),
  ]
}

const sliceFaults = (item: Located): Fault[] => {
  const named = [...bounds, 'max_gap'].some((key) => get(item, key))
  if (item.kind !== 'map' || named) return []
  const hint = 'add min, max or max_gap'
  return [faultAt(item.at, 'slice-without-rule', 'the slice is asked for nothing', hint)]
}

/** Two rules of one metric would have one line in the verdict. */
const once = (items: readonly Located[], nameOf: (item: Located) => string | undefined): Fault[] => {
  const names = items.map(nameOf)
  return items.flatMap((item, index) => {
    const name = names[index]
    if (name === undefined || names.indexOf(name) === index) return []
    return [
      faultAt(item.at, 'one-rule-per-metric', `there is a rule for ${name} already`, 'make one of the two'),
    ]
  })
}

const sliceName = (item: Located): string | undefined => {
  const [by, metric] = [text(item, 'by'), text(item, 'metric')]
  return by === undefined || metric === undefined ? undefined : `${metric} by ${by}`
}

const metricsRule: Rule = ({ node }) => {
  const items = itemsAt(node, 'checks', 'metrics')
  return [
    ...items.flatMap((item) => [...metricFaults(item), ...crossed(item), ...doubled(item)]),
    ...once(items, (item) => text(item, 'name')),
  ]
}

const slicesRule: Rule = ({ node }) => {
  const items = itemsAt(node, 'checks', 'slices')
  return [...items.flatMap((item) => [...sliceFaults(item), ...crossed(item)]), ...once(items, sliceName)]
}

const tagsRule: Rule = ({ node }) => {
  const found = get(node, 'checks', 'tags', 'require')
  const listed = itemsAt(found).map((item): [string | undefined, Located] => [text(item), item])
  const mapped = entriesOf(found).map(([key, { node: value }]): [string, Located] => [key, value])
  return [...listed, ...mapped]
    .filter(([key]) => key?.startsWith('brickrail_'))
    .map(([key, { at }]) =>
      faultAt(
        at,
        'brickrail-tags-are-reserved',
        `«${key}» is set by Brickrail itself`,
        'ask for another tag',
      ),
    )
}

const cardRule: Rule = ({ node }) => {
  const card = get(node, 'checks', 'docs', 'model_card')
  const file = get(card, 'file') ?? card
  const path = text(file)
  if (!file || path === undefined) return []
  const inside = path !== '' && !path.startsWith('/') && !path.split(/[/\\]/).includes('..')
  if (inside) return []
  const message = `«${path}» is no file of the repository`
  return [faultAt(file.at, 'card-in-the-repository', message, 'a path from the root of the repository')]
}

export const checkRules: readonly Rule[] = [metricsRule, slicesRule, tagsRule, cardRule]
