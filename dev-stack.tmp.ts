import "./automation/quiet-aws-sdk";
import { writeFileSync } from "node:fs";
import { RunningStack } from "./test/rehearsal/running-stack";
async function main() {
  const stack = await RunningStack.start({ loopback: "127.29", portOffset: 29_000, speed: 50 }, { services: ["users", "mailer", "doodle"] });
  console.log("up", stack.directory);
  const lines = Object.entries(stack.environment).map(([k, v]) => `export ${k}='${v}'`);
  writeFileSync("/tmp/plan-dev.env", [...lines, `export SETTINGS='${stack.settingsFile}'`].join("\n") + "\n");
  for (const s of ["users", "mailer", "doodle"]) for (const tag of ["v1", "v2", "v3"]) await stack.push(tag, "none", s);
  console.log("pushed");
  await new Promise<void>((resolve) => process.once("SIGTERM", () => resolve()));
  await stack.stop();
}
void main();
