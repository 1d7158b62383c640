/** Says in one line what a person has to mend. It has no stack: Lambda would put it beside the line. */
export class Refusal extends Error {
  override readonly name = "Refused";
  override readonly stack = "";
}
