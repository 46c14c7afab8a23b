import type { Env } from '../env.ts'
import { Fail } from '../errors.ts'
import { secretFrom } from './secret-from.ts'
import type { TokenSource } from './tokens.ts'

const where = 'the variables of the CI host'

/** How MLflow's own client finds credentials: https://mlflow.org/docs/latest/ml/auth/#authentication */
const names = {
  token: 'MLFLOW_TRACKING_TOKEN',
  user: 'MLFLOW_TRACKING_USERNAME',
  password: 'MLFLOW_TRACKING_PASSWORD',
}

const fixed = (method: string, scheme: NonNullable<TokenSource['scheme']>, secret: string): TokenSource => ({
  method,
  renewable: false,
  scheme,
  get: async () => secret,
})

/**
 * Credentials of a plain MLflow server: a token, a user with password, or none, as many such servers have none.
 * @param tokenFrom name of the variable with the token; when a policy names one, it must be set
 * @throws Fail ENV_MISSING, CREDENTIALS_MISSING
 */
export const mlflowTokens = (
  env: Env,
  { host, tokenFrom, onSecret }: { host: string; tokenFrom?: string; onSecret: (secret: string) => void },
): TokenSource => {
  const token = secretFrom(env, tokenFrom ?? names.token, where)
  if (token !== undefined) {
    onSecret(token)
    return fixed('token', 'Bearer', token)
  }
  if (tokenFrom !== undefined)
    throw new Fail('CREDENTIALS_MISSING', {
      host,
      tried: `${tokenFrom} is not set`,
      hint: `set ${tokenFrom}: the policy names it as the token of its MLflow server`,
    })
  const [user, password] = [secretFrom(env, names.user, where), secretFrom(env, names.password, where)]
  if (user === undefined || password === undefined) return fixed('none', 'none', '')
  const secret = Buffer.from(`${user}:${password}`).toString('base64')
  for (const one of [password, secret]) onSecret(one)
  return fixed('password', 'Basic', secret)
}
