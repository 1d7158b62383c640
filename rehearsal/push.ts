import "../automation/core/silent-aws-sdk";
import { resolve } from "node:path";
import { Command } from "commander";
import { execa } from "execa";
import { endWith } from "../automation/core/process/command-end";
import { PROJECT_DIRECTORY } from "../automation/core/project-directory";
import { UserError } from "../components/core/user-error";
import type { ProgramOutputs } from "../components/live/outputs";
import { settingsSource } from "./cloud/settings-source";
import { REGION } from "./environment/cloud-args";
import { requireDocker } from "./images/docker-image";
import { pushImage } from "./images/push-image";
import { flag } from "./traffic-options";

interface Options {
  stack?: string;
  folder?: string;
  env: string[];
  docker: boolean;
}

/** A variable with its value, which may be empty. */
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*=/;

/** `npx aoshingo push users:v2`: what `docker push` is for production. */
const program = new Command("aoshingo push")
  .description("Build a service's image and push it to the rehearsal cloud's registry")
  .argument("<service:tag>", "such as users:v2")
  .option("--stack <name>", "stack that has the service (default: rehearsal, or the only one, or prod)")
  .option(
    "--folder <path>",
    "what the image is made of, such as services/users/sidecars/agent (default: services/SERVICE)",
  )
  .option("--env <KEY=value...>", "baked into the image, such as FAULT=unhealthy for a bad release", [])
  .addOption(flag("--docker", "DOCKER", "build the image from its Dockerfile by Docker, which then runs it"))
  .addHelpText(
    "after",
    `
Examples:
  npx aoshingo push users:v2
  npx aoshingo push users:v2 --stack staging
  npx aoshingo push users:v3 --env FAULT=unhealthy
  npx aoshingo push users:agent-1 --folder services/users/sidecars/agent

Exit codes: 0 pushed, 1 it failed, 2 wrong use`,
  )
  .action(push)
  .exitOverride();

async function push(reference: string, { stack, folder, env, docker }: Options): Promise<void> {
  const [, service, tag] = /^([a-z][a-z0-9-]*):([\w][\w.-]*)$/.exec(reference) ?? [];
  if (service === undefined || tag === undefined)
    throw new UserError(`"${reference}" is not SERVICE:TAG, such as users:v2`);
  const wrong = env.find((variable) => !VARIABLE.test(variable));
  if (wrong !== undefined) throw new UserError(`--env "${wrong}" is not KEY=value, such as FAULT=unhealthy`);
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (!endpoint)
    throw new UserError(
      "AWS_ENDPOINT_URL is not set: this pushes to a rehearsal cloud only; start one with `make cloud` and take over its environment",
    );
  if (docker) await requireDocker();
  const digest = await pushImage({
    service,
    byDocker: docker,
    onDockerBuild: () => console.error(`Building ${reference} with Docker`),
    ...(folder === undefined ? {} : { folder: resolve(PROJECT_DIRECTORY, folder) }),
    repository: await repositoryOf(service, stack ?? settingsSource().stack),
    tag,
    environment: env,
    endpoint,
    region: process.env.AWS_REGION ?? REGION,
  });
  console.log(`${reference} ${digest || "was there already"}`);
}

/**
 * The name of a service's image repository, from the outputs of a stack of the cloud that this shell uses.
 * @throws UserError while the stack has no such service
 */
async function repositoryOf(service: string, stack: string): Promise<string> {
  const { stdout, stderr, failed, exitCode } = await execa(
    "pulumi",
    ["stack", "output", "services", "--json", "--stack", stack],
    {
      cwd: PROJECT_DIRECTORY,
      reject: false,
    },
  );
  if (failed && exitCode === undefined)
    throw new UserError(
      'the Pulumi CLI is not on PATH: put it there, such as with PATH="$(dirname "$(npx aoshingo pulumi-cli)"):$PATH"',
      { exitCode: 1 },
    );
  if (failed && !/no stack named/.test(stderr))
    throw new UserError(`the outputs of the stack ${stack} cannot be read: ${stderr.trim().split("\n")[0]}`, {
      exitCode: 1,
    });
  const services = failed ? {} : (JSON.parse(stdout) as ProgramOutputs["services"]);
  const repository = services[service]?.repository.name;
  if (repository === undefined)
    throw new UserError(
      `the stack ${stack} has no service "${service}": run \`pulumi up --stack ${stack}\` first, or check the names (--stack for another stack)`,
    );
  return repository;
}

void endWith(() => program.parseAsync());
