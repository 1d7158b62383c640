import { Command } from "commander";
import type { PreviewCommandOptions } from "./run-preview";

export function previewCommand(): Command {
  return new Command("preview")
    .description(
      "Show what merging changes: this checkout's settings and program against what is live, touching neither",
    )
    .requiredOption("--stack <name>", "Pulumi stack to preview")
    .option("--config-file <path>", "settings of the stack (default: Pulumi.<stack>.yaml)")
    .option("--markdown <file>", "also write it there as Markdown, for a comment; also when the preview fails")
    .option("--fail-on-replace", "end with 3 if what carries traffic of a service that stays would go", false)
    .option("--json", "print JSON", false)
    .addHelpText(
      "after",
      [
        "",
        "Examples:",
        "  npm run preview -- --stack prod",
        "  npm run preview -- --stack prod --markdown preview.md --fail-on-replace",
      ].join("\n"),
    )
    .action(run);
}

function run(options: PreviewCommandOptions): Promise<void> {
  const { runPreview } = require("./run-preview") as typeof import("./run-preview");
  return runPreview(options);
}
