import { azureContract, createContract, type Contract } from '../../support/openapi.ts'
import { body, specOf, types, withAdditions } from './contract.ts'

type Thing = Record<string, unknown>

const { text, whole, yes } = types
const scope = {
  type: 'object',
  properties: { repositoryId: text, refName: text, matchKind: { enum: ['exact', 'prefix'] } },
}
const policy = body(
  {
    isEnabled: yes,
    isBlocking: yes,
    type: { type: 'object', required: ['id'], properties: { id: text } },
    settings: {
      type: 'object',
      required: ['buildDefinitionId', 'scope'],
      // https://learn.microsoft.com/rest/api/azure/devops/policy/configurations/create#build-policy
      properties: {
        buildDefinitionId: whole,
        displayName: text,
        queueOnSourceUpdateOnly: yes,
        manualQueueOnly: yes,
        validDuration: { type: 'number' },
        scope: { type: 'array', minItems: 1, items: scope },
      },
    },
  },
  ['isEnabled', 'isBlocking', 'type', 'settings'],
)
const policies = '/{organization}/{project}/_apis/policy/configurations'
const checkPath = '/{organization}/{project}/_apis/pipelines/checks/configurations'
/** ApprovalConfigSettings and TaskCheckConfig of the official specification, which it does not tie to a type of check. */
const checkBody = body(
  {
    id: whole,
    isDisabled: yes,
    timeout: whole,
    type: { type: 'object', required: ['id'], properties: { id: text, name: text } },
    resource: {
      type: 'object',
      required: ['type', 'id'],
      properties: { type: { enum: ['environment', 'variablegroup', 'endpoint'] }, id: text, name: text },
    },
    settings: {
      type: 'object',
      properties: {
        approvers: { type: 'array', items: { type: 'object', properties: { id: text } } },
        executionOrder: text,
        minRequiredApprovers: whole,
        instructions: text,
        requesterCannotBeApprover: yes,
        blockedApprovers: { type: 'array' },
        displayName: text,
        definitionRef: {
          type: 'object',
          required: ['id', 'name', 'version'],
          properties: { id: text, name: text, version: text },
        },
        inputs: {
          type: 'object',
          required: ['allowedBranches'],
          properties: {
            allowedBranches: text,
            ensureProtectionOfBranch: text,
            allowUnknownStatusBranch: text,
          },
        },
        retryInterval: whole,
      },
    },
  },
  ['type', 'settings'],
)

const additions = specOf({
  'GET /{organization}/_apis/connectionData': {},
  // https://learn.microsoft.com/rest/api/azure/devops/ims/identities/read-identities
  'GET /{organization}/_apis/identities': {
    query: ['searchFilter', 'filterValue', 'queryMembership', 'api-version'],
  },
  [`POST ${policies}`]: { query: ['api-version'], body: policy },
  [`POST ${checkPath}`]: { query: ['api-version'], body: checkBody },
  [`PATCH ${checkPath}/{id}`]: { query: ['api-version'], body: checkBody },
  [`PUT ${policies}/{id}`]: { query: ['api-version'], body: policy },
})

interface Gap {
  fault: RegExp
  /** Whether it is what the specification leaves out, and not a mistake. */
  holds: (sent: Thing) => boolean
}

const listed = (value: unknown): Thing[] => (Array.isArray(value) ? (value as Thing[]) : [])

const gaps: readonly Gap[] = [
  // Triggers are of several types, of which a definition has the common part only; see ContinuousIntegrationTrigger.
  {
    fault: /body\/triggers\/0 .*: settingsSourceType$/,
    holds: ({ triggers }) => listed(triggers).every((each) => Number.isInteger(each['settingsSourceType'])),
  },
  // «JObject» is any object; ours are checked by the additions.
  { fault: /body\/settings must NOT have unevaluated properties/, holds: ({ type }) => type !== undefined },
  // A secret that is to stay as it is.
  {
    fault: /body\/variables\/\w+\/value must be string/,
    holds: ({ variables }) =>
      Object.values(variables as Record<string, { value: unknown; isSecret?: boolean }>).every(
        ({ value, isSecret }) => typeof value === 'string' || (value === null && isSecret === true),
      ),
  },
]

const official = withAdditions(azureContract(), additions)
const ours = createContract([additions])

/** The official specification but for its gaps, and the additions wherever they say something. */
export const contract: Contract = {
  routes: official.routes,
  validateRequest: (request) => {
    const sent = (request.body ?? {}) as Thing
    const faults = official
      .validateRequest(request)
      .filter((fault) => !gaps.some((gap) => gap.fault.test(fault) && gap.holds(sent)))
    const added = ours.validateRequest(request).filter((fault) => !/no such (route|method)$/.test(fault))
    return [...new Set([...faults, ...added])]
  },
}
