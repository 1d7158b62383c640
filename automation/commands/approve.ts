import { Command } from "commander";
import { UserError } from "../../components/core/user-error";
import { whoAmI } from "../core/process/who-am-i";
import { decide } from "../deploy/decide";
import { JSON_OPTION, STORE_OPTION } from "./options";
import { openStackStore } from "./stack-outputs";

interface ApproveOptions {
  stack: string;
  refuse: boolean;
  reason: string;
  json: boolean;
  store?: string;
}

export function approveCommand(): Command {
  return new Command("approve")
    .description("Approve the cutover of the deploy that waits for it, or refuse it")
    .argument("[run]", "id of the run (default: whichever run waits)")
    .requiredOption("--stack <name>", "Pulumi stack")
    .option("--refuse", "refuse: the deploy is taken back", false)
    .option("--reason <text>", "the reason, kept in the history", "")
    .option(...STORE_OPTION)
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      '\nExamples:\n  npx aoshingo approve --stack prod\n  npx aoshingo approve --stack prod --refuse --reason "wrong price"',
    )
    .action(async (run: string | undefined, { stack, refuse, reason, json, store }: ApproveOptions) => {
      const says = refuse ? "refused" : "approved";
      const verdict = { deploy: run ?? null, who: whoAmI(), atMs: Date.now(), says, reason } as const;
      const { deploy, what, counts } = await decide(await openStackStore(stack, store), verdict);
      if (counts.says !== says)
        throw new UserError(`${deploy} was ${counts.says} before, by ${counts.who}`, { exitCode: 1 });
      if (json) console.log(JSON.stringify({ deploy, what, ...counts }));
      else console.log(`${deploy} (${what}) is ${counts.says}${counts.who === verdict.who ? "" : ` by ${counts.who}`}`);
    });
}
