/** Whoever read it is gone: the other end of a pipe was closed, or a terminal was lost. */
const GONE = ["EPIPE", "EIO"];

/** What is printed may be read by nobody any more, by `head` or through a connection that broke: that ends no run in the middle. */
export function surviveBrokenPipes(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (!GONE.includes(error.code ?? "")) throw error;
    });
}
