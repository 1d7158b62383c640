type Cleanup = () => Promise<void>;

const cleanups: Cleanup[] = [];

/** Has something done when all files of this process have been tested. */
export function afterAllFiles(cleanup: Cleanup): void {
  cleanups.push(cleanup);
}

export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups) await cleanup();
}
