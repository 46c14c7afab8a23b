import { relative, resolve } from 'node:path'
import { Fail } from '../../errors.ts'
import type { Place } from '../../plan/state-policy.ts'
import type { VersionInfo } from '../../plan/state-registry.ts'
import { count } from '../../report/text.ts'
import type { Session } from '../session.ts'
import { asked } from './approve.ts'
import { evidenceTags } from './bundle.ts'
import { observeHolders } from './observe.ts'
import { emptyAsAbsent, type ModelSession } from './open.ts'
import { readyVersion } from './promote-version.ts'
import { pullInto, wholeDigest, type PulledFile } from './pull-files.ts'
import { filesOf } from './signature.ts'

/** A version that is not READY is nothing to wait for here. ms */
const patience = 1

/** What is in the folder may be replaced: never the project, nor where one stands. @throws Fail USAGE */
const folderOf = ({ run: { world }, project }: Session, out: string): string => {
  const folder = resolve(world.cwd, out)
  const holds = (path: string): boolean => !relative(folder, path).startsWith('..')
  if (!holds(project.root) && !holds(world.cwd)) return folder
  throw new Fail('USAGE', { what: `--out ${out} holds the project`, hint: 'name a folder of its own' })
}

/** The one that serves. */
const holderOf = async ({ registry, policy }: ModelSession, place: Place): Promise<string> => {
  const [version, ...others] = (await observeHolders(registry, policy.name, place))[place]
  if (version !== undefined && others.length === 0) return version
  const what = version === undefined ? `no version is in ${place}` : `several versions are in ${place}`
  throw new Fail('MODEL_NOT_FOUND', {
    what: `${what}; ${policy.name}`,
    registry: registry.title,
    hint: `name one with --version; see \`brickrail models --model ${policy.key}\``,
  })
}

const manifestOf = (
  { policy, registry }: ModelSession,
  { version, runId, source, tags }: VersionInfo,
  at: string,
  files: readonly PulledFile[],
): Record<string, unknown> => ({
  model: policy.name,
  version,
  registry: registry.kind,
  run_id: runId ?? null,
  source: source ?? null,
  evidence: tags[evidenceTags.evidence] ?? null,
  commit: tags[evidenceTags.commit] ?? null,
  pulled_at: at,
  sha256: wholeDigest(files),
  files,
})

/**
 * Download the files of a version, with the digest of each and of all.
 * @throws Fail USAGE, MODEL_NOT_FOUND, VERSION_NOT_READY, MODEL_FILES_UNREADABLE
 */
export const pull = async (session: Session): Promise<void> => {
  const { run } = session
  const { model, place, version: named } = await asked(session)
  const out = emptyAsAbsent(run.values['out'])
  if (out === undefined) throw new Fail('USAGE', { what: '--out is empty' })
  if (named !== undefined && run.values['to'] !== undefined)
    throw new Fail('USAGE', { what: '--version and --to name two things' })
  const version = await readyVersion(model, named ?? (await holderOf(model, place)), patience)
  const folder = folderOf(session, out)
  const at = new Date(run.world.clock.now()).toISOString()
  const files = await pullInto(await filesOf(model, version.version), folder, {
    force: run.values['force'] === true,
    manifest: (pulled) => manifestOf(model, version, at, pulled),
  })
  const size = files.reduce((sum, one) => sum + one.size, 0)
  const digest = wholeDigest(files)
  run.emit({
    type: 'result',
    data: { model: model.policy.key, version: version.version, out: folder, sha256: digest, size, files },
    text: `version ${version.version} of ${model.policy.name}: ${count(files.length, 'file')}, ${size} bytes in ${out}\nsha256 ${digest}`,
  })
}
