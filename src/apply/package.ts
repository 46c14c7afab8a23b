import { storeOf } from '../client/wheel-store.ts'
import { Fail } from '../errors.ts'
import type { DesiredPackage } from '../plan/state-code.ts'
import type { Run } from './cluster.ts'
import type { ApplyContext, Wheel } from './context.ts'
import { each } from './files.ts'
import { isKept } from './kept.ts'

/** Up to this size the bytes are read back, not their number alone. */
const small = 1024 * 1024

type Found = 'none' | 'same' | 'torn' | 'other'

const lookAt = async (context: ApplyContext, path: string, { bytes }: Wheel): Promise<Found> => {
  const store = storeOf(context.client, path)
  const size = (await store.sizes(path.slice(0, path.lastIndexOf('/')))).get(path)
  if (size === undefined) return 'none'
  if (size > bytes.length) return 'other'
  if (size === bytes.length && bytes.length > small) return 'same'
  const there = Buffer.from((await store.read(path)) ?? [])
  if (there.equals(bytes)) return 'same'
  // The beginning of what is to go there: an upload of ours that was cut off.
  return there.equals(bytes.subarray(0, there.length)) ? 'torn' : 'other'
}

const foreign = ({ path }: DesiredPackage): Fail =>
  new Fail('FOREIGN', {
    what: path,
    owner: 'another build: it holds other bytes than this package, under the same version',
    hint: 'pin the requirements of [build-system], so that the same sources make the same wheel; or remove the file if nobody uses it',
  })

/**
 * Never replaces a wheel by another one of the same name: clusters that have it installed would keep the old one unseen.
 * @throws Fail FOREIGN, NOT_APPLIED, and what the build throws
 */
export const upload: Run<'package.upload'> = async (context, { package: wanted }, progress) => {
  const wheel = await context.wheel(wanted)
  const found = await lookAt(context, wanted.path, wheel)
  if (found === 'other') throw foreign(wanted)
  if (isKept({ size: wheel.bytes.length }) && !context.kept.has(wheel.sha256))
    await context.packer.add(wheel.sha256, wheel.bytes)
  if (found === 'same') progress.detail('it is there already')
  else {
    await storeOf(context.client, wanted.path).write(wanted.path, wheel.bytes)
    if ((await lookAt(context, wanted.path, wheel)) !== 'same')
      throw new Fail('NOT_APPLIED', { what: `${wanted.path} is not there as sent` })
  }
  context.wheels.set(wanted.key, { sha256: wheel.sha256, size: wheel.bytes.length })
}

export const remove: Run<'package.delete'> = async (context, { paths }) =>
  await each(context, paths, async (path) => await storeOf(context.client, path).remove(path))
