import { Command, CommanderError } from "commander";
import { modulePath } from "../core/package-directory";
import { useRehearsalPackagesIfFetched } from "../core/provide-rehearsal-packages";
import { needsRehearsalPackages, OWN_PROGRAMS } from "./programs";

/**
 * Returns the command tree of a program of its own. The program is loaded until it would read its command line, and goes no
 * further: a process does nothing else after that.
 * @returns null if packages that it needs were not fetched yet
 */
export async function ownCommandTree(name: string): Promise<Command | null> {
  const { module } = OWN_PROGRAMS[name]!;
  if (needsRehearsalPackages(module) && !useRehearsalPackagesIfFetched()) return null;
  const { parse, parseAsync } = Command.prototype;
  const { exitCode } = process;
  return new Promise<Command>((resolve) => {
    Command.prototype.parse = function (this: Command): never {
      resolve(this);
      // Programs take it for the end of `--help`.
      throw new CommanderError(0, "aoshingo.looked-at", "");
    };
    Command.prototype.parseAsync = function (this: Command): Promise<never> {
      resolve(this);
      return new Promise<never>(() => {});
    };
    require(modulePath(module));
  }).finally(() => {
    Object.assign(Command.prototype, { parse, parseAsync });
    process.exitCode = exitCode;
  });
}
