import { Command } from "commander";
import { UserError } from "../../components/core/user-error";
import { whoAmI } from "../core/process/who-am-i";
import { decide } from "../deploy/decide";
import { storeOf } from "./stack-outputs";
import { STORE_OPTION } from "./store-option";

interface ApproveOptions {
  stack: string;
  refuse: boolean;
  reason: string;
  json: boolean;
  store?: string;
}

export function approveCommand(): Command {
  return new Command("approve")
    .description("Let the deploy that waits for approval cut production over, or take it back")
    .argument("[run]", "its id, if it has to be that one and no other")
    .requiredOption("--stack <name>", "Pulumi stack that it deploys to")
    .option("--refuse", "say no: the deploy goes back", false)
    .option("--reason <text>", "why, for the history", "")
    .option(...STORE_OPTION)
    .option("--json", "print JSON", false)
    .addHelpText(
      "after",
      '\nExamples:\n  npm run approve -- --stack prod\n  npm run approve -- --stack prod --refuse --reason "wrong price"',
    )
    .action(async (run: string | undefined, { stack, refuse, reason, json, store }: ApproveOptions) => {
      const says = refuse ? "refused" : "approved";
      const verdict = { deploy: run ?? null, who: whoAmI(), atMs: Date.now(), says, reason } as const;
      const { deploy, what, counts } = await decide(await storeOf(stack, store), verdict);
      if (counts.says !== says)
        throw new UserError(`${deploy} was ${counts.says} before, by ${counts.who}`, { exitCode: 1 });
      if (json) console.log(JSON.stringify({ deploy, what, ...counts }));
      else console.log(`${deploy} (${what}) is ${counts.says}${counts.who === verdict.who ? "" : ` by ${counts.who}`}`);
    });
}
