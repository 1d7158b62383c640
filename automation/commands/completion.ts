import { Argument, Command } from "commander";
import { SHELLS, type Shell } from "./completion/shells";
import { HELP_GROUPS } from "./help-groups";
import { lateActions } from "./late-actions";
import { examples } from "./options";

export function completionCommand(): Command {
  return new Command("completion")
    .helpGroup(HELP_GROUPS.project)
    .description(
      "Print a script that makes a shell complete commands, options, and names of stacks, services and settings",
    )
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .addHelpText(
      "after",
      [
        "",
        "Examples:",
        "  npx aoshingo completion bash > ~/.aoshingo-completion.bash",
        "  echo 'source ~/.aoshingo-completion.bash' >> ~/.bashrc",
        "",
        "  npx aoshingo completion zsh > ~/.aoshingo-completion.zsh",
        "  echo 'source ~/.aoshingo-completion.zsh' >> ~/.zshrc    # after compinit",
        "",
        "  npx aoshingo completion fish > ~/.config/fish/conf.d/aoshingo.fish",
        "",
        "It completes `npx aoshingo` and `aoshingo`, and asks the version that the",
        "project has installed: after an upgrade it need not be installed again.",
      ].join("\n"),
    )
    .action((shell: Shell) => lateActions.runCompletion().runCompletion(shell));
}

/** Not in the help: the scripts call it with the words so far. */
export function completeCommand(buildProgram: () => Command): Command {
  return new Command("complete")
    .description("Print the words that can stand in the place of the last one")
    .argument("[words...]", "the words of the command line behind `aoshingo`; the last one may be empty")
    .addHelpText("after", examples("npx aoshingo complete -- deploy --sta"))
    .action((words: string[]) => lateActions.runCompletion().runComplete(buildProgram(), words));
}
