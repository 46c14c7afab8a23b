import type { HostContext } from '../context.ts'
import type { HostApi, HostTools } from '../host.ts'

/** A developer's machine has no merge request. */
export const apiOf = async (
  _context: HostContext,
  _tools: HostTools,
): Promise<HostApi | { none: string; hint?: string }> => ({
  none: 'this is no CI job',
  hint: 'a merge request pipeline of GitLab, Azure DevOps or GitHub has somewhere to comment',
})
