/** The phases of the compiler, in their order, and what it is for. */
export const EXPLAINED_PHASES = [
  'trace',
  'simplify',
  'assign',
  'schedule',
  'place',
  'encode',
  'run',
] as const;
export type ExplainedPhase = (typeof EXPLAINED_PHASES)[number];
