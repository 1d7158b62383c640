import { existsSync } from "node:fs";
import { join } from "node:path";
import { CONFIG_NAMESPACE, type Kind } from "../../components/settings/settings";
import { addService } from "../add/add-service";
import { removeService } from "../add/remove-service";
import type { SettingsFile } from "../add/settings-file";
import { testStatements } from "../add/template";
import { manifestIn, packagesOf } from "../core/package-manifest";
import { projectSettings } from "../core/project";
import { PROJECT_DIRECTORY } from "../core/project-directory";
import { table } from "../output/table";

/** What the image of a new service is built for: its block names no instance type, and neither the default nor Fargate is Graviton. */
const PLATFORM = "linux/amd64";

const CI = `${CONFIG_NAMESPACE}:ci`;

export interface RemoveOptions {
  stack?: string[];
  dryRun: boolean;
}

export interface AddOptions extends RemoveOptions {
  kind: Kind;
}

export function runAdd(service: string, { kind, stack: stacks, dryRun }: AddOptions): void {
  const { name: project } = projectSettings();
  const options = { directory: PROJECT_DIRECTORY, project, kind, stacks, dryRun };
  const { settings, files, hasTest } = addService(service, options);
  say(dryRun ? "Would write" : "Wrote");
  for (const { name } of settings) say(`  ${name}: block ${service}`);
  for (const path of files) say(`  ${path}`);
  if (files.length === 0) say(`  services/${service} exists already and stays as it is`);
  if (dryRun) return;
  for (const file of settings) for (const line of hasTest ? rightsOfTest(service, kind, file) : []) say(line);
  say("\nNext");
  for (const line of nextSteps(service, settings[0]!.stack)) say(`  ${line}`);
}

/** Returns what the deploy role of a stack needs for the service's test; nothing for a stack without one. */
function rightsOfTest(service: string, kind: Kind, file: SettingsFile): string[] {
  if (file.valueOf(CI) === undefined) return [];
  const { stack } = file;
  const region = String(file.valueOf("aws:region") ?? "*");
  const statements = testStatements(service, kind, { project: projectSettings().name, stack }, region);
  if (statements.length === 0) return [];
  return [
    `\nIn CI the test of ${service} needs this of the deploy role of ${stack}: add it to ${CI} in ${file.name} before \`pulumi up\``,
    "    iam:",
    ...statements.flatMap(({ actions, resources }) => [
      `      - actions: [${actions.join(", ")}]`,
      `        resources: [${resources.join(", ")}]`,
    ]),
  ];
}

function nextSteps(service: string, stack: string): string[] {
  const folder = `services/${service}`;
  const directory = join(PROJECT_DIRECTORY, folder);
  const hasPackages = packagesOf(manifestIn(directory)).length > 0;
  const install = existsSync(join(directory, "package-lock.json")) ? "ci" : "install";
  const steps = [
    ...(hasPackages ? [[`npm ${install} --prefix ${folder} --ignore-scripts`, "its packages"]] : []),
    ...(manifestIn(PROJECT_DIRECTORY).scripts?.check
      ? [["npm run check && npm test", "types, lint and tests, also of the new service"]]
      : []),
    [`npx aoshingo rehearse --services ${service}`, "deploys it under load, on this machine"],
    [`pulumi preview --stack ${stack} && pulumi up --stack ${stack}`, "only creates: registry, roles, empty colours"],
  ];
  return [
    ...table(steps),
    `docker build --platform ${PLATFORM} --tag <repository>:v1 ${folder} && docker push <repository>:v1`,
    `npx aoshingo deploy --stack ${stack} ${service}=v1`,
  ];
}

export function runRemove(service: string, { stack: stacks, dryRun }: RemoveOptions): void {
  const settings = removeService(service, { directory: PROJECT_DIRECTORY, stacks, dryRun });
  for (const { name } of settings) say(`${dryRun ? "Would remove" : "Removed"} block ${service} from ${name}`);
  const folder = `services/${service}`;
  if (existsSync(join(PROJECT_DIRECTORY, folder))) say(`${folder} stays: delete it once no stack has the service`);
  if (dryRun) return;
  say("\nNext");
  for (const { stack } of settings)
    say(
      `  pulumi preview --stack ${stack} && pulumi up --stack ${stack}   deletes its names first, then its targets, then the rest`,
    );
}

function say(line: string): void {
  console.log(line);
}
