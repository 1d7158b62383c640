import { provideRehearsalPackages } from "../automation/core/provide-rehearsal-packages";

// What is loaded below needs them.
provideRehearsalPackages();

/** A rehearsal cloud with the project's stack, for tests of one's own: start it, deploy, send traffic, look, close it. */
export const { RehearsalEnvironment } =
  require("./environment/environment") as typeof import("./environment/environment");

export type { EnvironmentOptions, ImagePush } from "./environment/environment";
