import type { Builder } from '../graph/builder.js';
import type { Value } from '../graph/value.js';

/** A rewrite of one value: an equal value that is cheaper, or undefined where it does not apply. */
export type Rewrite = (builder: Builder, value: Value, graph: RewriteContext) => Value | undefined;

/** What a rewrite may ask of the whole graph. */
export interface RewriteContext {
  /** The values computed directly from this one. */
  users(value: Value): readonly Value[];
  /** Whether the value at hand belongs to the element-wise end of a next state, which has no use for an order of axes. */
  isUpdate(): boolean;
}
