/** Where the bytes of a deployment come from: the checkout, or what an earlier deployment has kept. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Wheel } from '../apply/context.ts'
import { Fail } from '../errors.ts'
import { packSource } from '../ledger/packs.ts'
import type { DesiredFile, Plan, RecordedState } from '../plan/state.ts'
import type { AppFile, DesiredApp, DesiredPackage } from '../plan/state-code.ts'
import type { Session } from './session.ts'
import type { BuildWheel } from './wheel.ts'

export interface Content {
  file: (file: DesiredFile) => Promise<Uint8Array>
  app: (app: DesiredApp, file: AppFile) => Promise<Uint8Array>
  wheel: (wanted: DesiredPackage) => Promise<Wheel>
}

/** Loaded when there is something to build: most commands start without. */
const lazyWheels = ({ run, project }: Session): BuildWheel => {
  let wheels: Promise<BuildWheel> | undefined
  return async (wanted) => {
    wheels ??= import('./wheel.ts').then(({ wheelsOf }) => wheelsOf(run, project))
    return await (
      await wheels
    )(wanted)
  }
}

/** As it is in the checkout; packages are built of it, each once. */
export const checkoutContent = (session: Session): Content => ({
  file: (file) => readFile(join(session.project.sourceDir, file.source)),
  app: (app, file) => {
    const folder = session.project.sources.apps[app.key]
    if (folder === undefined) throw new Error(`no source of the app ${app.key} is known`)
    return readFile(join(folder, file.path))
  },
  wheel: lazyWheels(session),
})

const gone = (what: string): Fail => new Fail('NOT_KEPT', { what })

/** As an earlier deployment has kept it. */
export const keptContent = ({ client, place }: Session, state: RecordedState): Content => {
  const apps = Object.values(state.apps ?? {}).flatMap(({ files }) => files)
  const wheels = Object.values(state.packages ?? {}).map(({ sha256, in: number, path }) => ({
    digest: sha256,
    in: number,
    path,
  }))
  const read = packSource(client, place, [...(state.files?.files ?? []), ...apps, ...wheels])
  const kept = new Set([...apps, ...wheels].filter((one) => one.in > 0).map(({ digest }) => digest))
  return {
    file: read,
    app: async (app, file) => {
      if (!kept.has(file.digest)) throw gone(`${file.path} of app ${app.key}`)
      return await read(file)
    },
    wheel: async ({ key, path }) => {
      const sha256 = state.packages?.[key]?.sha256 ?? ''
      if (!kept.has(sha256)) throw gone(path)
      return { bytes: await read({ digest: sha256, path }), sha256 }
    },
  }
}

/**
 * Everything that may fail before anything is sent: packages are built.
 * @throws Fail PACKAGE_NOT_BUILT
 */
export const prepare = async ({ steps }: Plan, { wheel }: Content): Promise<void> => {
  for (const step of steps) if (step.do === 'package.upload') await wheel(step.package)
}

/**
 * Look for every pack that the plan needs before anything is changed.
 * @throws Fail LEDGER_UNREADABLE, NOT_KEPT
 */
export const readable = async ({ steps }: Plan, content: Content): Promise<void> => {
  for (const step of steps) {
    if (step.do === 'files.upload') for (const file of step.files) await content.file(file)
    if (step.do === 'app.upload') for (const file of step.files) await content.app(step.app, file)
    if (step.do === 'package.upload') await content.wheel(step.package)
  }
}
