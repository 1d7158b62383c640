import type { Proofs } from "../mutation";

export const S: Proofs = {};
