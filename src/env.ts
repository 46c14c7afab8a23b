/** Environment variables as the process got them; always passed in, read from the process only in cli/. */
export type Env = Readonly<Record<string, string | undefined>>

/**
 * Whether a value is the text of a reference that nobody replaced. CI systems hand on an undefined variable like that:
 * `$(x)` Azure, `${x}` and `$X` GitLab and shells, `${{ x }}` GitHub, `%x%` Windows.
 */
export const isUnexpanded = (value: string): boolean =>
  /^(\$\([\w.]*\)|\$\{.*\}|\$[A-Za-z_]\w*|%\w+%)$/.test(value.trim())
