import type { ClusterSpec } from '../../wire/clusters.ts'
import type { Library } from '../../wire/libraries.ts'
import type { Finding } from './rules.ts'
import { outOfSupport, type Runtime } from './runtimes.ts'

interface WarningInput {
  spec: ClusterSpec
  libraries: readonly Library[]
  runtimes: readonly Runtime[]
  /** YYYY-MM-DD */
  today: string
}

interface ClusterWarning {
  rule: string
  check: (input: WarningInput) => Finding[]
}

const dedicated = new Set(['SINGLE_USER', 'DATA_SECURITY_MODE_DEDICATED'])
const standard = new Set(['USER_ISOLATION', 'DATA_SECURITY_MODE_STANDARD'])

const modeOf = ({ data_security_mode: mode }: ClusterSpec): string => (typeof mode === 'string' ? mode : '')

/** Legal, but often not what was wanted. */
export const clusterWarnings: readonly ClusterWarning[] = [
  // Not set means never: the SDK's text on autotermination_minutes. A policy may set it.
  {
    rule: 'no-autotermination',
    check: ({ spec }) =>
      spec.autotermination_minutes || spec.policy_id !== undefined
        ? []
        : [
            {
              path: ['autotermination_minutes'],
              message: 'the cluster never terminates by itself and costs money while idle',
              hint: 'set autotermination_minutes, e.g. 60',
            },
          ],
  },
  {
    rule: 'runtime-out-of-support',
    check: ({ spec, runtimes, today }) => {
      const found = outOfSupport(spec.spark_version ?? '', runtimes, today)
      return found ? [{ path: ['spark_version'], ...found }] : []
    },
  },
  // The workspace fills in the caller, which in CI is a service principal: nobody else can then attach.
  {
    rule: 'single-user-is-not-named',
    check: ({ spec }) =>
      dedicated.has(modeOf(spec)) && spec['single_user_name'] === undefined
        ? [
            {
              path: ['data_security_mode'],
              message: 'without single_user_name only the identity that deploys may use the cluster',
              hint: 'add single_user_name: a user, a service principal or a group',
            },
          ]
        : [],
  },
  {
    rule: 'init-script-on-dbfs',
    check: ({ spec }) =>
      (Array.isArray(spec['init_scripts']) ? spec['init_scripts'] : []).flatMap((script, i) =>
        typeof script === 'object' && script !== null && 'dbfs' in script
          ? [
              {
                path: ['init_scripts', i, 'dbfs'],
                on: 'key' as const,
                message: 'init scripts on DBFS are deprecated and end-of-life on current runtimes',
                hint: 'move the script to /Workspace or /Volumes and use workspace or volumes',
              },
            ]
          : [],
      ),
  },
  // runtime_engine «is not compatible with legacy spark_version values that contain -photon-» (SDK).
  {
    rule: 'photon-in-spark-version',
    check: ({ spec }) =>
      /-photon-/.test(spec.spark_version ?? '')
        ? [
            {
              path: ['spark_version'],
              message: 'runtime keys with -photon- are the old way to choose Photon',
              hint: 'take -photon out of the key and set runtime_engine to PHOTON',
            },
          ]
        : [],
  },
  {
    rule: 'r-on-standard-access-mode',
    check: ({ spec, libraries }) =>
      standard.has(modeOf(spec)) && libraries.some((library) => library.cran)
        ? [
            {
              path: ['data_security_mode'],
              message: 'CRAN libraries are declared, but standard access mode does not run R',
              hint: 'use SINGLE_USER (dedicated) access mode for R',
            },
          ]
        : [],
  },
]
