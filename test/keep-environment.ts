/**
 * Gives the variables back after each test of a suite as they were before it, in place. A copy from when the file was loaded would take away what
 * another file of the same process has set since.
 */
export function keepEnvironment(): void {
  let before: NodeJS.ProcessEnv;
  beforeEach(() => {
    before = { ...process.env };
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  });
}
