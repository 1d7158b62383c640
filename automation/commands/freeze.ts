import { Command } from "commander";
import { whoAmI } from "../core/process/who-am-i";
import { storeOf } from "./stack-outputs";
import { STORE_OPTION } from "./store-option";

interface FreezeOptions {
  stack: string;
  reason: string;
  json: boolean;
  store?: string;
}

export function freezeCommand(): Command {
  return new Command("freeze")
    .description("Let nothing be deployed until `unfreeze`; what takes a run back stays possible")
    .requiredOption("--stack <name>", "Pulumi stack to freeze")
    .requiredOption("--reason <text>", "why, told to everyone who is refused")
    .option(...STORE_OPTION)
    .option("--json", "print JSON", false)
    .addHelpText("after", '\nExample:\n  npm run freeze -- --stack prod --reason "sale until Monday"')
    .action(async ({ stack, reason, json, store }: FreezeOptions) => {
      const frozen = { who: whoAmI(), sinceMs: Date.now(), reason };
      await (await storeOf(stack, store)).freeze(frozen);
      console.log(json ? JSON.stringify({ frozen }) : `Deploys to ${stack} are frozen: ${reason}`);
    });
}

export function unfreezeCommand(): Command {
  return new Command("unfreeze")
    .description("Let deploys go on")
    .requiredOption("--stack <name>", "Pulumi stack to unfreeze")
    .option(...STORE_OPTION)
    .option("--json", "print JSON", false)
    .addHelpText("after", "\nExample:\n  npm run unfreeze -- --stack prod")
    .action(async ({ stack, json, store: directory }: FreezeOptions) => {
      const store = await storeOf(stack, directory);
      const was = await store.frozen();
      await store.unfreeze();
      if (json) console.log(JSON.stringify({ frozen: null, was }));
      else
        console.log(
          was
            ? `Deploys to ${stack} may go on; they were frozen by ${was.who}: ${was.reason}`
            : `${stack} was not frozen`,
        );
    });
}
