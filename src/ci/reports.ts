/** Where every command of Brickrail leaves its reports: BRICKRAIL_REPORTS. */
export const reports = 'brickrail-reports'

/** Of these, the JUnit files. */
export const junitReports = `${reports}/*.junit.xml`
