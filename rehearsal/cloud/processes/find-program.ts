import { closeSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { isExecutable } from "../../../automation/pulumi-cli/find-on-path";

/** The machine of an ELF file: its place in the file, and its values (elf(5), e_machine). */
const ELF = Buffer.from("\x7fELF", "latin1");
const MACHINE_OFFSET = 18;
const MACHINES: Record<string, number> = { x64: 62, arm64: 183 };

/**
 * Returns the file that a container's command runs.
 * @param directory the working directory of the command
 * @throws Error in the words of Docker's runtime
 */
export function findProgram(program: string, directory: string, path: string): string {
  if (!isDirectory(directory)) throw new Error(refusal(`chdir to cwd ("${directory}"): no such file or directory`));
  const places = program.includes("/") ? [""] : path.split(":").filter(Boolean);
  const files = places.map((place) => (program.startsWith("/") ? program : join(place || directory, program)));
  const found = files.find(isExecutable);
  if (found !== undefined) return found;
  const reason = program.includes("/")
    ? `exec: "${program}": stat ${program}: no such file or directory`
    : `exec: "${program}": executable file not found in $PATH`;
  throw new Error(refusal(reason));
}

/** Whether this machine's kernel can run a file: a script that names its interpreter, or a program for its processor. */
export function canRun(file: string): boolean {
  const head = Buffer.alloc(MACHINE_OFFSET + 2);
  const descriptor = openSync(file, "r");
  try {
    readSync(descriptor, head, 0, head.length, 0);
  } finally {
    closeSync(descriptor);
  }
  if (process.platform !== "linux" || head.toString("latin1", 0, 2) === "#!") return true;
  const machine = MACHINES[process.arch];
  return head.subarray(0, ELF.length).equals(ELF) && (!machine || head.readUInt16LE(MACHINE_OFFSET) === machine);
}

function refusal(reason: string): string {
  return `failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${reason}: unknown`;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
