/** What each host takes at most, in characters; counted in bytes here, which never allows more. */
export const limits = {
  // https://docs.gitlab.com/administration/instance_limits/#size-of-comments-and-descriptions-of-issues-merge-requests-and-epics
  gitlab: { comment: 1_000_000, status: 255, url: 255 },
  // The bounds of a status are not documented; these are no longer than what its page shows.
  azure: { comment: 150_000, status: 200, url: 2000 },
  // «Body is too long (maximum is 65536 characters)»; https://docs.github.com/rest/commits/statuses
  github: { comment: 65_536, status: 140, url: 2000 },
} as const

/** Room for the hidden first line. */
const markerBytes = 256

/** Bytes that are left for the text of a comment. */
export const commentRoom = (host: keyof typeof limits): number => limits[host].comment - markerBytes

/** One line of at most `most` characters. */
export const shortened = (text: string, most: number): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`
}

/** An address that is too long is left out: half of one leads nowhere. */
export const fittingUrl = (url: string | undefined, most: number): string | undefined =>
  url === undefined || url.length > most ? undefined : url
