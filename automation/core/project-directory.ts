import { join } from "node:path";

/** The project's folder: where Pulumi.yaml is. */
export const PROJECT_DIRECTORY = join(__dirname, "../..");
