import { type Command, InvalidArgumentError, Option } from "commander";

const LOWEST_PORT = 1024;
const HIGHEST_PORT = 65_535;

export interface PageOptions {
  /** Port to serve on, true or 0 for a free one; absent: no page is served. */
  page?: number | true;
  /** Where the page is kept. */
  pageFile?: string;
}

/** `--page [port]` of every command that can be watched; `1`, as in `make rehearse PAGE=1`, is just yes. */
export function pageOption(): Option {
  return new Option(
    "--page [port]",
    "serve a page that follows the run, on this machine only (without a port: a free one)",
  ).argParser(parsePort);
}

/** The port to serve a page on; 0 for a free one. */
export function pagePort(page: number | true): number {
  return page === true ? 0 : page;
}

export function withPageOptions(command: Command): Command {
  return command
    .addOption(pageOption())
    .option("--page-file <path>", "write that page to a file when the run has ended, such as out/deploy.html");
}

function parsePort(text: string): number {
  if (text === "1" || text === "0") return 0;
  const port = Number(text);
  if (!Number.isInteger(port) || port < LOWEST_PORT || port > HIGHEST_PORT)
    throw new InvalidArgumentError(
      `wanted a port from ${LOWEST_PORT} to ${HIGHEST_PORT}, or nothing for a free one; given ${text}. Write --page after the services.`,
    );
  return port;
}
