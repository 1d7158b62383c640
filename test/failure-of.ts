/** Returns the error with which a promise is rejected. Throws if it is fulfilled. */
export async function failureOf(work: Promise<unknown>): Promise<Error> {
  const result = await work.then(
    () => null,
    (error: Error) => error,
  );
  if (result === null) throw new Error("it did not fail");
  return result;
}
