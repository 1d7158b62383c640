import { modulePath } from "../core/package-directory";
import { provideRehearsalPackages } from "../core/provide-rehearsal-packages";
import type { HELP_GROUPS } from "./help-groups";

/** A command that is a program of its own: it reads its command line itself, and is loaded only when it is asked for. */
interface OwnProgram {
  description: string;
  group: keyof typeof HELP_GROUPS;
  /** One of our modules, which runs when it is loaded. */
  module: string;
}

/** By the command's name. The first ones rehearse on this machine. */
export const OWN_PROGRAMS: Readonly<Record<string, OwnProgram>> = {
  rehearse: {
    description: "A whole blue/green deploy on this machine, under load",
    group: "rehearsing",
    module: "rehearsal/rehearse",
  },
  cloud: {
    description: "Play AWS on this machine, until it is stopped",
    group: "rehearsing",
    module: "rehearsal/cloud/main",
  },
  push: {
    description: "Build a service's image and push it to the rehearsal cloud",
    group: "rehearsing",
    module: "rehearsal/push",
  },
  fault: {
    description: "Let something go wrong in a rehearsal cloud that runs",
    group: "rehearsing",
    module: "rehearsal/fault",
  },
  compare: {
    description: "Rehearsals side by side: routed, dns, with and without drain",
    group: "rehearsing",
    module: "rehearsal/compare",
  },
  chaos: {
    description: "Kill runs at random instants under load, and go on with them",
    group: "rehearsing",
    module: "rehearsal/chaos/main",
  },
  faults: {
    description: "Each fault at each step of a deploy, under load",
    group: "rehearsing",
    module: "rehearsal/fault-matrix/main",
  },
  prove: {
    description: "Try two releases of a service on one database",
    group: "rehearsing",
    module: "rehearsal/prove/main",
  },
  github: {
    description: "Write a preview's comment or the issue about drift, in a workflow on GitHub",
    group: "project",
    module: "automation/github/main",
  },
  "pulumi-cli": {
    description: "Make sure that there is a Pulumi CLI, and print its path",
    group: "project",
    module: "automation/pulumi-cli/main",
  },
};

/** Becomes the program of this command, with the arguments that follow its name. @returns false if there is none */
export function becomeProgram([name, ...args]: readonly string[]): boolean {
  if (name === undefined || !isOwnProgram(name)) return false;
  const { module } = OWN_PROGRAMS[name]!;
  if (needsRehearsalPackages(module)) provideRehearsalPackages();
  const path = modulePath(module);
  process.argv = [process.execPath, path, ...args];
  require(path);
  return true;
}

export function isOwnProgram(name: string): boolean {
  return Object.hasOwn(OWN_PROGRAMS, name);
}

export function needsRehearsalPackages(module: string): boolean {
  return module.startsWith("rehearsal/");
}
