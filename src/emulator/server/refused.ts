/**
 * An answer that is no success: `{"error_code": ..., "message": ...}` with that HTTP status.
 * https://docs.databricks.com/api/workspace/introduction (errors)
 */
export class Refused extends Error {
  readonly status: number
  readonly errorCode: string

  constructor(status: number, errorCode: string, message: string) {
    super(message)
    this.name = 'Refused'
    this.status = status
    this.errorCode = errorCode
  }
}

/** 400 INVALID_PARAMETER_VALUE: also what the real service says of unknown clusters, jobs and runs. */
export const badValue = (message: string) => new Refused(400, 'INVALID_PARAMETER_VALUE', message)
/** 400 INVALID_STATE: right call, wrong moment. */
export const badState = (message: string) => new Refused(400, 'INVALID_STATE', message)
/** 400 MALFORMED_REQUEST: the body is no JSON, or a field has the wrong JSON type. */
export const malformed = (message: string) => new Refused(400, 'MALFORMED_REQUEST', message)
/** 404 RESOURCE_DOES_NOT_EXIST. */
export const absent = (message: string) => new Refused(404, 'RESOURCE_DOES_NOT_EXIST', message)
/** 403 PERMISSION_DENIED. */
export const denied = (message: string) => new Refused(403, 'PERMISSION_DENIED', message)
/** 501 NOT_IMPLEMENTED: never a made-up success. */
export const notImplemented = (what: string) =>
  new Refused(501, 'NOT_IMPLEMENTED', `the embedded workspace ${what}`)
