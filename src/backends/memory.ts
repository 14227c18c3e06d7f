import { sizeOf, type DType, type Value } from '../compiler/graph/value.js';
import type { Values } from './backend.js';

const PAGE_BYTES = 65_536;
/** A cache line. Fused kernels read and write whole 16-byte groups, so arrays must not share one. */
const ALIGNMENT_BYTES = 64;

const BYTES_PER_ELEMENT: Record<DType, number> = { float32: 4, int32: 4, bool: 1, uint8: 1 };

/**
 * One WebAssembly memory for everything that a step's stages hand to one another. Graphs and fused kernels work on the
 * same bytes, without copies. It has its full size from the start: growing would detach every view of it.
 */
export class StepMemory {
  readonly memory: WebAssembly.Memory;
  private readonly offsets: ReadonlyMap<Value, number>;

  /**
   * @param values each gets its own bytes.
   * @param aliases values that live where another one does, as a next state in the current one's place.
   */
  constructor(values: readonly Value[], aliases: ReadonlyMap<Value, Value>) {
    const offsets = new Map<Value, number>();
    // Address 0 stays unused, so that a missing offset cannot pass for one.
    let top = ALIGNMENT_BYTES;
    for (const value of values) {
      if (offsets.has(value) || aliases.has(value)) continue;
      offsets.set(value, top);
      top +=
        Math.ceil((sizeOf(value.shape) * BYTES_PER_ELEMENT[value.dtype]) / ALIGNMENT_BYTES) *
        ALIGNMENT_BYTES;
    }
    for (const [alias, value] of aliases) offsets.set(alias, offsets.get(value)!);
    const pages = Math.ceil(top / PAGE_BYTES);
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.offsets = offsets;
  }

  /** The byte address of a value. */
  offset(value: Value): number {
    const offset = this.offsets.get(value);
    if (offset === undefined) throw new Error(`no memory was planned for value ${value.id}`);
    return offset;
  }

  /** A value's elements, as a view. */
  view(value: Value): Values {
    return viewOf(this.memory, value, this.offset(value));
  }
}

/** The elements of a value whose bytes begin at an address of a memory, as a view. */
export function viewOf(
  { buffer }: WebAssembly.Memory,
  { shape, dtype }: Value,
  address: number,
): Values {
  const length = sizeOf(shape);
  if (dtype === 'float32') return new Float32Array(buffer, address, length);
  if (dtype === 'int32') return new Int32Array(buffer, address, length);
  return new Uint8Array(buffer, address, length);
}
