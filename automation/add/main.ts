import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import { KINDS, type Kind } from "../../components/settings/schema/kinds";
import { endWith } from "../core/process/command-end";
import { PROJECT_DIRECTORY } from "../core/project-directory";
import { addService } from "./add-service";
import { removeService } from "./remove-service";

const EXIT_CODES = "\nExit codes: 0 done, 2 wrong use or settings (nothing was changed)";

interface Options {
  kind: Kind;
  stack?: string[];
  dryRun: boolean;
}

const program = new Command("npm run")
  .addCommand(
    new Command("add")
      .description("Add a service: a block in the settings of the stacks, and a folder with a small service that works")
      .argument("<name>", "name of the service, such as doodle")
      .addOption(
        new Option(
          "--kind <kind>",
          "an api answers HTTP requests, a worker takes messages from a queue, a job runs by a schedule",
        )
          .choices(KINDS)
          .default("api"),
      )
      .option("--stack <name...>", "stacks whose settings get the block (default: all)")
      .option("--dry-run", "print what would be written, and write nothing", false)
      .addHelpText("after", `\nExample:\n  npm run add -- doodle\n${EXIT_CODES}`)
      .action(add),
  )
  .addCommand(
    new Command("remove")
      .description("Remove a service's block from the settings of the stacks; its folder stays")
      .argument("<name>", "name of the service, such as doodle")
      .option("--stack <name...>", "stacks whose settings lose the block (default: all stacks that have it)")
      .option("--dry-run", "print what would be written, and write nothing", false)
      .addHelpText("after", `\nExample:\n  npm run remove -- doodle\n${EXIT_CODES}`)
      .action(remove),
  );
for (const command of [program, ...program.commands]) command.exitOverride();

function add(service: string, { kind, stack: stacks, dryRun }: Options): void {
  const { settings, files } = addService(service, { directory: PROJECT_DIRECTORY, kind, stacks, dryRun });
  say(dryRun ? "Would write" : "Wrote");
  for (const { name } of settings) say(`  ${name}: block ${service}`);
  for (const path of files) say(`  ${path}`);
  if (files.length === 0) say(`  services/${service} exists already and stays as it is`);
  if (dryRun) return;
  const [stack] = settings.map(({ name }) => name.replace(/^Pulumi\.|\.yaml$/g, ""));
  say("\nNext");
  say("  npm run check && npm test                          types, lint and tests, also of the new service");
  say(`  pulumi preview --stack ${stack} && pulumi up --stack ${stack}   only creates: registry, roles, empty colours`);
  say(`  docker build --tag <repository>:v1 services/${service} && docker push <repository>:v1`);
  say(`  npm run deploy -- --stack ${stack} ${service}=v1`);
  say("\nOn this machine: start `make cloud`, run `. out/cloud/environment.sh` in another shell, then");
  say(`  pulumi up --stack rehearsal && npm run push -- ${service}:v1`);
  say(`  npm run deploy -- --stack rehearsal ${service}=v1`);
}

function remove(service: string, { stack: stacks, dryRun }: Options): void {
  const settings = removeService(service, { directory: PROJECT_DIRECTORY, stacks, dryRun });
  for (const { name } of settings) say(`${dryRun ? "Would remove" : "Removed"} block ${service} from ${name}`);
  const folder = `services/${service}`;
  if (existsSync(join(PROJECT_DIRECTORY, folder))) say(`${folder} stays: delete it once no stack has the service`);
  if (dryRun) return;
  say("\nNext");
  for (const { name } of settings) {
    const stack = name.replace(/^Pulumi\.|\.yaml$/g, "");
    say(
      `  pulumi preview --stack ${stack} && pulumi up --stack ${stack}   deletes its names first, then its targets, then the rest`,
    );
  }
}

function say(line: string): void {
  console.log(line);
}

void endWith(() => program.parseAsync());
