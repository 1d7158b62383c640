import type { PulumiFn } from "@pulumi/pulumi/automation";
import type { PageOptions } from "../page/kit/page-options";

/** Options of the commands that change what runs. Each command has some of the optional ones. */
export interface RunOptions extends PageOptions {
  stack: string;
  json: boolean;
  wait?: string;
  keep?: boolean;
  despiteFreeze?: string;
  despiteAlarms?: string;
  despiteUnhealthy?: string;
  approve?: "before-cutover";
  keepWarm?: string;
  store?: string;
  configFile?: string;
  link?: string;
  /** Not from the command line. Default: the project's. */
  program?: PulumiFn;
}
