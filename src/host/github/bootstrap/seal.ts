/**
 * A value as only GitHub can read it: a libsodium sealed box.
 * https://docs.github.com/rest/guides/encrypting-secrets-for-the-rest-api
 * @param publicKey base64, of GET …/public-key
 */
export const seal = async (value: string, publicKey: string): Promise<string> => {
  const { default: sodium } = await import('libsodium-wrappers')
  await sodium.ready
  const { ORIGINAL } = sodium.base64_variants
  const box = sodium.crypto_box_seal(sodium.from_string(value), sodium.from_base64(publicKey, ORIGINAL))
  return sodium.to_base64(box, ORIGINAL)
}
