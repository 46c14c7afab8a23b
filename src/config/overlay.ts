import { readdir } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { faultAt, nearest } from './faults.ts'
import { merge, type Located, type Place } from './located.ts'
import { nameOf, pathFrom, readIfThere, readLocated, type Context } from './read.ts'

export interface Targets {
  target: string
  targets: readonly string[]
}

/** A JSON or YAML file with its overlay for the target merged in; `null` removes, also in the file itself. */
export const readPatched = async (
  context: Context,
  path: string,
  from: Place,
  { target, targets }: Targets,
): Promise<Located | undefined> => {
  const file = pathFrom(context, path)
  const base = await readLocated(context, file, from)
  const overlay = await readIfThere(context, file.replace(/(\.(?:json|ya?ml))?$/, `.${target}$1`))
  await warnOfStrayOverlays(context, file, targets)
  if (!base) return undefined
  const clean = base.kind === 'map' ? merge(undefined, base) : base
  return overlay ? merge(clean, overlay) : clean
}

/** `hello-cluster.prd.json` beside targets dev and prod is most likely a slip. */
const warnOfStrayOverlays = async (
  context: Context,
  file: string,
  targets: readonly string[],
): Promise<void> => {
  const [, stem = '', suffix = '.json'] = /^(.*?)(\.(?:json|ya?ml))?$/.exec(basename(file)) ?? []
  const names = await readdir(dirname(file)).catch(() => [])
  for (const name of names) {
    const middle = name.endsWith(suffix) ? name.slice(0, -suffix.length) : ''
    const target = middle.startsWith(`${stem}.`) ? middle.slice(stem.length + 1) : '.'
    if (target.includes('.') || targets.includes(target)) continue
    const close = nearest(target, targets)
    const place = { file: nameOf(context, `${dirname(file)}/${name}`), line: 0, column: 0 }
    context.warnings.push(
      faultAt(
        place,
        'overlay-without-target',
        `there is no target «${target}», so this overlay is never used`,
        close && `rename it to ${stem}.${close}${suffix}`,
      ),
    )
  }
}
