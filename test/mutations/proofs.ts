import type { Proofs } from "./mutation";
import { A } from "./rules/a";
import { B } from "./rules/b";
import { C } from "./rules/c";
import { E } from "./rules/e";
import { I } from "./rules/i";
import { K } from "./rules/k";
import { L } from "./rules/l";
import { M } from "./rules/m";
import { N } from "./rules/n";
import { P } from "./rules/p";
import { R } from "./rules/r";
import { S } from "./rules/s";
import { U } from "./rules/u";
import { V } from "./rules/v";
import { W } from "./rules/w";
import { Y } from "./rules/y";

/** Of every rule of docs/aws-rules.md. */
export const PROOFS: Proofs = {
  ...A,
  ...B,
  ...C,
  ...E,
  ...I,
  ...K,
  ...L,
  ...M,
  ...N,
  ...P,
  ...R,
  ...S,
  ...U,
  ...V,
  ...W,
  ...Y,
};
