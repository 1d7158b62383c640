/**
 * What a Pulumi program imports from `aoshingo/components`. `docs/components.md` has an example, and says what of it is in settings.
 * @module components
 */
export { Edge, type EdgeArgs } from "./program/edge";
export { Network, type NetworkArgs } from "./program/network";
export { type OwnOutputs, type ProgramRun, program, type Wanted } from "./program/program";
export { Service } from "./program/service";
export type { ServiceArgs, StatementArgs } from "./program/service-args";
