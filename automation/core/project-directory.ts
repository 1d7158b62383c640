import { join } from "node:path";

/** The project's folder, which has Pulumi.yaml. */
export const PROJECT_DIRECTORY = join(__dirname, "../..");
