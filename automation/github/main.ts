import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { UserError } from "../../components/core/user-error";
import { endWith } from "../core/process/command-end";
import "../stack/silent-pulumi-sdk";
import { readStackSettings } from "../core/project";
import { ensurePulumiCli } from "../pulumi-cli/ensure-pulumi-cli";
import { writeComment } from "./comment";
import { findDrift } from "./drift";
import { driftText, updateDriftIssue } from "./drift-issue";
import { gh } from "./gh";

const EXIT_CODES = "\nExit codes: 0 done, 1 failed, 2 wrong use or settings";

const program = new Command("aoshingo github")
  .description("Write comments and issues from a job on GitHub, with `gh`")
  .showSuggestionAfterError()
  .addHelpText("after", `\nExample:\n  npx aoshingo github drift --stack prod --dry-run\n${EXIT_CODES}`)
  .addCommand(
    new Command("comment")
      .description("Write a preview as a comment on a pull request: one for each stack, edited in place")
      .requiredOption("--stack <name>", "Pulumi stack that was previewed")
      .requiredOption("--file <path>", "file with the preview, as Markdown")
      .requiredOption("--pull-request <number>", "number of the pull request", wholeNumber)
      .addHelpText(
        "after",
        `\nExample:\n  npx aoshingo github comment --stack prod --file preview.md --pull-request 12\n${EXIT_CODES}`,
      )
      .action(comment),
  )
  .addCommand(
    new Command("drift")
      .description("Find resources that changed since the last `up`, and keep one issue about them for each stack")
      .requiredOption("--stack <name>", "Pulumi stack to check")
      .option("--config-file <path>", "settings of the stack (default: Pulumi.<stack>.yaml)")
      .option("--dry-run", "print the issue, and write nothing to GitHub", false)
      .addHelpText("after", `\nExample:\n  npx aoshingo github drift --stack prod --dry-run\n${EXIT_CODES}`)
      .action(drift),
  );
for (const command of [program, ...program.commands]) command.exitOverride();

async function comment(options: { stack: string; file: string; pullRequest: number }): Promise<void> {
  const { stack, file, pullRequest } = options;
  console.log(await writeComment(gh, { ...job(), stack, pullRequest, markdown: textOf(file) }));
}

async function drift(options: { stack: string; configFile?: string; dryRun: boolean }): Promise<void> {
  const { stack, configFile, dryRun } = options;
  const { file } = readStackSettings(stack, configFile);
  const where = dryRun ? null : job();
  const found = await findDrift(stack, file, await ensurePulumiCli({ onProgress: console.error }));
  if (!where) console.log(found.length === 0 ? `no drift of ${stack}` : driftText(stack, found));
  else console.log(await updateDriftIssue(gh, { ...where, stack, drift: found }));
}

/** Returns the repository and page of this job, from the variables that GitHub's runner sets. */
function job(): { repository: string; runUrl: string } {
  const { GITHUB_REPOSITORY, GITHUB_SERVER_URL = "https://github.com", GITHUB_RUN_ID } = process.env;
  if (!GITHUB_REPOSITORY || !GITHUB_RUN_ID) {
    throw new UserError(
      "GITHUB_REPOSITORY or GITHUB_RUN_ID is not set: this command is for jobs on GitHub; to use it elsewhere, set both, " +
        "such as owner/name and 1",
    );
  }
  return {
    repository: GITHUB_REPOSITORY,
    runUrl: `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`,
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(
      `--file ${file}: cannot be read (${(error as NodeJS.ErrnoException).code}); give the path of a Markdown file`,
    );
  }
}

function wholeNumber(value: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw new InvalidArgumentError("wanted the number of a pull request.");
  return Number(value);
}

void endWith(() => program.parseAsync());
