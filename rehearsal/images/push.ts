import "../../automation/core/quiet-aws-sdk";
import { Command } from "commander";
import { endWith } from "../../automation/core/process/command-end";
import { UserError } from "../../components/core/user-error";
import { repositoryOf } from "../environment/rehearsal-stack";
import { pushImage } from "./push-image";

/** `npm run push -- users:v2`: what `docker push` is for production. */
const program = new Command("push")
  .description("Build a sample service's image and push it to the rehearsal cloud's registry")
  .argument("<service:tag>", "such as users:v2")
  .option("--env <KEY=value...>", "baked into the image, such as FAULT=unhealthy for a bad release", [])
  .addHelpText(
    "after",
    `
Examples:
  npm run push -- users:v2
  npm run push -- users:v3 --env FAULT=unhealthy

Exit codes: 0 pushed, 1 it failed, 2 wrong use`,
  )
  .action(async (reference: string, { env }: { env: string[] }) => {
    const [, service, tag] = /^([a-z][a-z0-9-]*):([\w][\w.-]*)$/.exec(reference) ?? [];
    if (service === undefined || tag === undefined)
      throw new UserError(`"${reference}" is not SERVICE:TAG, such as users:v2`);
    const endpoint = process.env.AWS_ENDPOINT_URL;
    if (!endpoint)
      throw new UserError(
        "AWS_ENDPOINT_URL is not set: this pushes to a rehearsal cloud only; start one with `make cloud` and take over its environment",
      );
    const repository = await repositoryOf(service);
    const digest = await pushImage({
      service,
      repository,
      tag,
      environment: env,
      endpoint,
      region: process.env.AWS_REGION ?? "ap-northeast-1",
    });
    console.log(`${reference} ${digest || "was there already"}`);
  })
  .exitOverride();

void endWith(() => program.parseAsync());
