import { join } from "node:path";

/** The project's folder, which has Pulumi.yaml. */
export const PROJECT_DIRECTORY = join(__dirname, "../..");

/** What a process loads first (`node -r`) to run TypeScript. */
export const TYPESCRIPT = join(PROJECT_DIRECTORY, "automation/register.cjs");
