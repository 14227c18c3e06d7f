import { V128, when, type Code, type Local, type Operand } from '../assembler.js';
import type { TaskContext } from './task.js';

type Lanes = readonly Code[];

/** Puts lanes into a local variable, to be used more than once. */
export interface Keep {
  (x: Operand): Lanes;
  /** The same, as a variable that code may set again. */
  variable(x: Operand): Local;
  /** Code that is run where a condition holds, of what it keeps itself. */
  when(condition: Operand, then: (keep: Keep) => Code): void;
}

/** What is kept is computed by code that is added to `code`. */
export function keeper(local: TaskContext['local'], code: Code[]): Keep {
  const variable = (x: Operand): Local => {
    const kept = local(V128);
    code.push(kept.set(x));
    return kept;
  };
  return Object.assign((x: Operand) => variable(x).get, {
    variable,
    when(condition: Operand, then: (keep: Keep) => Code) {
      const inner: Code[] = [];
      const end = then(keeper(local, inner));
      code.push(when(condition, [inner, end]));
    },
  });
}
