import { UserError } from "../../components/core/user-error";

/** What an image needs of a package.json. */
export interface Manifest {
  type?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

/**
 * Returns what a package.json has. npm and Node take one that begins with a byte order mark.
 * @param file its path, for messages
 * @throws UserError if it is no object in JSON
 */
export function manifestOf(text: string, file: string): Manifest {
  const content = parsed(text.replace(/^\uFEFF/, ""), file);
  if (typeof content === "object" && content !== null && !Array.isArray(content)) return content;
  throw new UserError(`${file} is ${JSON.stringify(content)}: wanted an object in JSON`);
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${file} is not JSON: ${(error as Error).message.replace(/\s+/g, " ")}`);
  }
}
