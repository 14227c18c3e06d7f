import { isNode, type Value } from '../value.js';

/** The value that has the bytes of this one: a reshape has those of what is reshaped. */
export function storageOf(value: Value): Value {
  return isNode(value, 'Reshape') ? storageOf(value.source.operands[0]) : value;
}
