import { describe, expect, it } from 'vitest'
import { nameOnRecord } from '../../src/cli/model/approvals-people.ts'

const account = (user: string, ...emails: string[]) => ({
  user,
  emails,
  at: '2026-11-21T11:00:00Z',
  what: 'approved',
})
const robot = 'e0d4c0de-0000-4000-8000-000000000001'

describe('whom an approval of a CI host is of', () => {
  it.each([
    ['its address', account('ada', 'ada@x.com'), ['eve@x.com'], [], { name: 'ada@x.com' }],
    ['as the policy has it', account('ada', 'ada@x.com'), ['eve@x.com'], ['ADA'], { name: 'ada' }],
    ['the trainer, by address', account('ada', 'Ada@x.com'), ['ada@X.com'], ['ada'], { name: 'ada@x.com' }],
    [
      'the committer, as Git writes',
      account('ada', 'ada@x.com'),
      ['Ada <ada@x.com>'],
      [],
      { name: 'ada@x.com' },
    ],
    [
      'the committer, by a hidden address of GitHub',
      account('ada'),
      ['Ada <12+ada@users.noreply.github.com>'],
      ['ada'],
      { name: '12+ada@users.noreply.github.com' },
    ],
    [
      'another account than the hidden one',
      account('bob'),
      ['12+ada@users.noreply.github.com'],
      [],
      { name: 'bob' },
    ],
    ['a person, where a service principal trained', account('ada'), [robot], [], { name: 'ada' }],
    [
      'nobody knows, where a person trained and no address is told',
      account('ada'),
      ['ada@x.com'],
      ['ada'],
      { unsure: 'ada@x.com' },
    ],
    ['anybody, where nobody is barred', account('ada'), [], [], { name: 'ada' }],
    ['anybody, where the evidence does not tell', account('ada'), [undefined], [], { name: 'ada' }],
  ])('%s', (_, approval, people, from, wanted) => {
    expect(nameOnRecord(approval, people, from)).toEqual(wanted)
  })
})
