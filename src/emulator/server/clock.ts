import type { Store } from './store.ts'

/** `instant`: nothing takes time, yet every intermediate state is still shown once. */
export type ClockMode = 'real' | 'instant'

/** How long things take under the real clock, in ms: long enough to be seen, short enough for a demonstration. */
const durations = { start: 3000, restart: 3000, resize: 2000, terminate: 1000, libraryPhase: 1000 } as const

export type Duration = keyof typeof durations

export const takes = (mode: ClockMode, what: Duration): number => (mode === 'instant' ? 0 : durations[what])

const counter = 'UPDATE meta SET value = max(value + 1, ?) WHERE key = ? RETURNING value'

const advanceCounter = (db: Store, key: string, least: number): number =>
  db.get<{ value: number }>(counter, least, key)?.value ?? least

/** What was advanced by /_emulator/clock, in ms. */
export const offset = (db: Store): number =>
  db.get<{ value: number }>("SELECT value FROM meta WHERE key = 'offset'")?.value ?? 0

/** The workspace's time in ms since 1970. */
export const now = (db: Store): number => Date.now() + offset(db)

/** Strictly growing, so that «modified since» never misses one of two writes in a millisecond. */
export const tick = (db: Store, at: number): number => advanceCounter(db, 'tick', at)

export const next = (db: Store): number => advanceCounter(db, 'seq', 1)

/** Real ids are int64 of up to 19 digits; these all lie where a JavaScript number would round them. */
const firstId = 3_458_764_513_820_540_929n

export const nextId = (db: Store): string => `${firstId + BigInt(advanceCounter(db, 'id', 1)) * 7n}`

export const advance = (db: Store, ms: number): void => {
  db.run("UPDATE meta SET value = value + ? WHERE key = 'offset'", ms)
}

export const startClock = (db: Store): void => {
  for (const key of ['offset', 'tick', 'id', 'seq'])
    db.run('INSERT OR IGNORE INTO meta (key, value) VALUES (?, 0)', key)
}
