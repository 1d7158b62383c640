import { Command } from "commander";
import { whoAmI } from "../core/process/who-am-i";
import { waysFrom } from "../ports/store";
import { HELP_GROUPS } from "./help-groups";
import { examples, JSON_OPTION, parseReason, STACK_OPTION, STORE_OPTION } from "./options";
import { openStackStore } from "./stack-outputs";

interface FreezeOptions {
  stack: string;
  reason: string;
  json: boolean;
  store?: string;
}

export function freezeCommand(): Command {
  return new Command("freeze")
    .helpGroup(HELP_GROUPS.deploying)
    .description("Refuse deploys until `unfreeze`; `abort` and `rollback` stay possible")
    .requiredOption(...STACK_OPTION)
    .requiredOption("--reason <text>", "the reason, shown to everyone who is refused", parseReason)
    .option(...STORE_OPTION)
    .option(...JSON_OPTION)
    .addHelpText("after", examples('npx aoshingo freeze --stack prod --reason "sale until Monday"'))
    .action(async ({ stack, reason, json, store: directory }: FreezeOptions) => {
      const frozen = { who: whoAmI(), sinceMs: Date.now(), reason };
      const store = await openStackStore(stack, directory);
      // One that cannot be read is replaced, too.
      const was = await store.frozen().catch(() => null);
      await store.freeze(frozen);
      const running = (await store.lease().catch(() => null))?.holder ?? null;
      const replaced = was ? ` (in place of the freeze by ${was.who}: ${was.reason})` : "";
      const goesOn = running ? `; ${running.what} by ${running.who} goes on: ${waysFrom(running)}` : "";
      const text = `Deploys to ${stack} are frozen: ${reason}${replaced}${goesOn}`;
      console.log(json ? JSON.stringify({ frozen, was, running }) : text);
    });
}

export function unfreezeCommand(): Command {
  return new Command("unfreeze")
    .helpGroup(HELP_GROUPS.deploying)
    .description("Allow deploys again")
    .requiredOption(...STACK_OPTION)
    .option(...STORE_OPTION)
    .option(...JSON_OPTION)
    .addHelpText("after", examples("npx aoshingo unfreeze --stack prod"))
    .action(async ({ stack, json, store: directory }: FreezeOptions) => {
      const store = await openStackStore(stack, directory);
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
