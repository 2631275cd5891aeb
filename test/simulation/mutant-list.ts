import { FOUND_BUGS } from './found-bugs.ts';
import { IMAGINED_BORDER_BUGS } from './imagined-border-bugs.ts';
import { IMAGINED_BUGS } from './imagined-bugs.ts';
import type { Mutant } from './mutant.ts';

/** All that are planted, one by one. */
export const MUTANTS: readonly Mutant[] = [...IMAGINED_BUGS, ...IMAGINED_BORDER_BUGS, ...FOUND_BUGS];
