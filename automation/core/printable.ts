/** Colours and the like: they change how text looks, and no more. */
const STYLE = "\\u001b\\[[\\d;]*m";
/** All control characters but the tab and the end of a line. */
const CONTROL = "[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]";
const UNPRINTABLE = new RegExp(`(${STYLE})|${CONTROL}`, "g");
const IN_ITS_PLACE = "\u{fffd}";
const PLAIN = "\u001b[0m";

/**
 * Returns a text as a terminal can show it, with colours. What a service writes must not move the cursor, hide lines, change the title or
 * reach the clipboard: such characters are shown as �.
 */
export function printable(text: string): string {
  let isStyled = false;
  const shown = text.replace(UNPRINTABLE, (_, style?: string) => {
    isStyled ||= style !== undefined;
    return style ?? IN_ITS_PLACE;
  });
  return isStyled ? shown + PLAIN : shown;
}

/** Returns a text as `printable` has it where the stream is a terminal, else as it is: a file or a program gets every character. */
export function printableOn({ isTTY }: { isTTY?: boolean }, text: string): string {
  return isTTY ? printable(text) : text;
}
