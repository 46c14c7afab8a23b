/** What is larger is not kept for rollback: a pack of the ledger is one workspace file, of at most 10 MB. */
const mostBytes = 4 * 1024 * 1024

/** Whether the ledger keeps the bytes of a file of an app, or of a wheel. */
export const isKept = ({ size }: { size: number }): boolean => size <= mostBytes
