import type { Databricks } from './databricks.ts'

/** https://docs.databricks.com/api/workspace/dbfs/addblock: at most 1 MB a call. */
const block = 1024 * 1024
/** Beyond this, in blocks: the Databricks CLI does the same (databricks/cli `libs/filer/dbfs_client.go`). */
const atOnce = 2 * block

/** Write a file on DBFS, replacing what is there; its folders come into being with it. */
export const uploadTo = async ({ dbfs }: Databricks, path: string, bytes: Uint8Array): Promise<void> => {
  if (bytes.length <= atOnce) {
    await dbfs.upload({ path, overwrite: true, contents: bytes })
    return
  }
  const { handle } = await dbfs.create({ path, overwrite: true })
  for (let offset = 0; offset < bytes.length; offset += block)
    await dbfs.addBlock({
      handle,
      data: Buffer.from(bytes.subarray(offset, offset + block)).toString('base64'),
    })
  await dbfs.close({ handle })
}
