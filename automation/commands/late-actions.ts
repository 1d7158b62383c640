import type * as runAdd from "./run-add";
import type * as runApprove from "./run-approve";
import type * as runCompletion from "./run-completion";
import type * as runDeploy from "./run-deploy";
import type * as runDoctor from "./run-doctor";
import type * as runExec from "./run-exec";
import type * as runFirstContact from "./run-first-contact";
import type * as runHistory from "./run-history";
import type * as runInit from "./run-init";
import type * as runJob from "./run-job";
import type * as runJobHistory from "./run-job-history";
import type * as runLogs from "./run-logs";
import type * as runPlan from "./run-plan";
import type * as runPreview from "./run-preview";
import type * as runSettings from "./run-settings";
import type * as runStatus from "./run-status";
import type * as runUpgrade from "./run-upgrade";

/**
 * The actions of the commands, each loaded when its command runs: `--help` needs none of them. It is a table of its own because actions load
 * parts late themselves (late.ts).
 */
export const lateActions = {
  runAdd: (): typeof runAdd => require("./run-add"),
  runApprove: (): typeof runApprove => require("./run-approve"),
  runCompletion: (): typeof runCompletion => require("./run-completion"),
  runDeploy: (): typeof runDeploy => require("./run-deploy"),
  runHistory: (): typeof runHistory => require("./run-history"),
  runJobHistory: (): typeof runJobHistory => require("./run-job-history"),
  runExec: (): typeof runExec => require("./run-exec"),
  runInit: (): typeof runInit => require("./run-init"),
  runJob: (): typeof runJob => require("./run-job"),
  runLogs: (): typeof runLogs => require("./run-logs"),
  runPlan: (): typeof runPlan => require("./run-plan"),
  runPreview: (): typeof runPreview => require("./run-preview"),
  runSettings: (): typeof runSettings => require("./run-settings"),
  runStatus: (): typeof runStatus => require("./run-status"),
  runDoctor: (): typeof runDoctor => require("./run-doctor"),
  runUpgrade: (): typeof runUpgrade => require("./run-upgrade"),
  runFirstContact: (): typeof runFirstContact => require("./run-first-contact"),
};
