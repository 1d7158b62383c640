import type { Proofs } from "../mutation";

export const I: Proofs = {};
