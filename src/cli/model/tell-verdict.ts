import type { Verdict } from '../../plan/state-evidence.ts'
import type { Place } from '../../plan/state-policy.ts'
import type { VersionInfo } from '../../plan/state-registry.ts'
import type { ModelSession } from './open.ts'

interface Told {
  version: VersionInfo
  place: Place
  /** Of the evidence; undefined: there is none. */
  digest: string | undefined
  verdict: Verdict
}

/** What the gate says of a version, for every renderer. */
export const tellVerdict = (
  { session, policy }: ModelSession,
  { version, place, digest, verdict }: Told,
): void =>
  session.run.emit({
    type: 'verdict',
    title: `${policy.key} version ${version.version} to ${place}`,
    model: policy.name,
    version: version.version,
    place,
    ...(digest === undefined ? {} : { evidence: digest }),
    verdict,
  })
