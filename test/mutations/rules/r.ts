import type { Proofs } from "../mutation";

export const R: Proofs = {};
