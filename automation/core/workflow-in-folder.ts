/** The workflows of a project that is in a folder of a repository differ from the templates by these two edits. Docs: docs/package.md, "Begin". */

/** The line that a workflow of such a project has at its top level. @param folder from the repository's root, such as `deploy` */
export function defaultsLine(folder: string): string {
  return `defaults: { run: { working-directory: ${folder} } }`;
}

/** Returns how a workflow names a file that a step wrote: `hashFiles` looks from the repository's root. */
function hashedFile(folder: string): string {
  return `hashFiles('${folder}/preview.md')`;
}

const PLAIN_HASHED_FILE = "hashFiles('preview.md')";

/** Returns a template's text for a project in a folder; as it is if that is empty. */
export function inFolder(text: string, folder: string): string {
  if (folder === "") return text;
  return text.replace(/^jobs:$/m, `${defaultsLine(folder)}\njobs:`).replaceAll(PLAIN_HASHED_FILE, hashedFile(folder));
}

/** Returns the text without these edits, wherever the line stands. */
export function outOfFolder(text: string, folder: string): string {
  if (folder === "") return text;
  return text.replace(`${defaultsLine(folder)}\n`, "").replaceAll(hashedFile(folder), PLAIN_HASHED_FILE);
}
