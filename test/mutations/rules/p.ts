import type { Proofs } from "../mutation";

export const P: Proofs = {};
