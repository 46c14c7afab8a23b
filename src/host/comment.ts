import { statusOf } from './failures.ts'

/** A comment that is there. */
export interface Posted<Id> {
  id: Id
  body: string
  /** Written by the identity of our token. */
  mine: boolean
}

/** The comments of one merge request. */
export interface CommentPlace<Id> {
  /** All of them, oldest first. */
  list(): Promise<Posted<Id>[]>
  create(body: string): Promise<void>
  update(id: Id, body: string): Promise<void>
}

/** No key may end the HTML comment that it stands in. */
const safeKey = (key: string): string =>
  key.replaceAll(/[^\w:./-]/g, (char) => encodeURIComponent(char)).replaceAll('--', '-%2D')

/** The hidden first line by which a comment is found again. */
export const marker = (key: string): string => `<!-- brickrail:${safeKey(key)} -->`

/** Hosts change line ends and trim. */
const plain = (text: string): string => text.replaceAll('\r\n', '\n').trim()

const carries = (body: string, key: string): boolean => plain(body).split('\n')[0]?.trim() === marker(key)

const superseded = '_Superseded by a newer comment of Brickrail in this discussion._'

const gone = (error: unknown): boolean => [403, 404].includes(statusOf(error) ?? 0)

/** Two jobs at once may each have found no comment. The newest counts; what an older one says is no longer true. */
const retire = async <Id>(place: CommentPlace<Id>, older: readonly Posted<Id>[]): Promise<void> => {
  for (const { id } of older)
    try {
      await place.update(id, superseded)
    } catch (error) {
      if (!gone(error)) throw error
    }
}

/**
 * Create or update the one comment that carries `key`: only one of our own is touched, for everybody can write the marker.
 * A comment that was deleted, or may not be edited, is replaced by a new one.
 */
export const stick = async <Id>(
  place: CommentPlace<Id>,
  key: string,
  markdown: string,
): Promise<'created' | 'updated' | 'unchanged'> => {
  const body = `${marker(key)}\n${markdown.trimEnd()}\n`
  const ours = (await place.list()).filter((posted) => posted.mine && carries(posted.body, key))
  const newest = ours.at(-1)
  await retire(place, ours.slice(0, -1))
  if (newest && plain(newest.body) === plain(body)) return 'unchanged'
  if (newest)
    try {
      await place.update(newest.id, body)
      return 'updated'
    } catch (error) {
      if (!gone(error)) throw error
    }
  await place.create(body)
  return 'created'
}
