import type * as wholeProgram from "../../components/program/whole-program";
import type * as observer from "../aws/observer";
import type * as clock from "../core/clock";
import type * as project from "../core/project";
import type * as runPage from "../page/deploy/run-page";
import type * as ensurePulumiCli from "../pulumi-cli/ensure-pulumi-cli";
import type * as settingTree from "../settings/setting-tree";
import type * as projectProgram from "../stack/project-program";
import type * as readStatus from "../status/read-status";
import type * as runs from "../status/runs";
import type * as statusText from "../status/status-text";
import type * as watchStatus from "../status/watch-status";

/**
 * Modules that are loaded when they are first used. All together take over a second: `--help` needs none of them, and a
 * rollback has no time for those that it does not use. `require` because `import()` would need file extensions that do not
 * exist at run time.
 */
export const late = {
  wholeProgram: (): typeof wholeProgram => require("../../components/program/whole-program"),
  projectProgram: (): typeof projectProgram => require("../stack/project-program"),
  runPage: (): typeof runPage => require("../page/deploy/run-page"),
  readStatus: (): typeof readStatus => require("../status/read-status"),
  runReader: (): typeof runs => require("../status/runs"),
  settingTree: (): typeof settingTree => require("../settings/setting-tree"),
  statusText: (): typeof statusText => require("../status/status-text"),
  watchStatus: (): typeof watchStatus => require("../status/watch-status"),
  ensurePulumiCli: (): typeof ensurePulumiCli => require("../pulumi-cli/ensure-pulumi-cli"),
  awsObserver: (): typeof observer => require("../aws/observer"),
  project: (): typeof project => require("../core/project"),
  clock: (): typeof clock => require("../core/clock"),
};
