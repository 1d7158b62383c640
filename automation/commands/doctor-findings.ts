/** All was printed already; the command ends with exit code 1. */
export class DoctorFindings extends Error {}
