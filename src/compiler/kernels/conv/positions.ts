import type { Builder } from '../../graph/builder.js';
import type { Value } from '../../graph/value.js';
import { reshape } from '../rule.js';

// Images with positions before the batch: a pixel of all images is one row of memory, and what is done to positions, whatever
// it is, is a product with a matrix from the left. Neighbouring pixels can be taken together as a block.

/** x [n, h, w, c] -> [h / down * w / across, n * down * across * c], of blocks of down x across pixels. */
export function positionsFirst(
  builder: Builder,
  x: Value,
  [down, across]: readonly [number, number] = [1, 1],
): Value {
  const [n, h, w, c] = x.shape;
  const moved =
    down * across === 1
      ? builder.op('Transpose', [x], { perm: [1, 2, 0, 3] })
      : builder.op('Transpose', [reshape(builder, x, [n, h / down, down, w / across, across, c])], {
          perm: [1, 3, 0, 2, 4, 5],
        });
  const positions = (h / down) * (w / across);
  return reshape(builder, moved, [positions, n * down * across * c]);
}

/** The way back, to [n, h, w, c]. */
export function batchFirst(
  builder: Builder,
  x: Value,
  [n, h, w, c]: readonly number[],
  [down, across]: readonly [number, number] = [1, 1],
): Value {
  if (down * across === 1)
    return builder.op('Transpose', [reshape(builder, x, [h, w, n, c])], { perm: [2, 0, 1, 3] });
  const blocks = reshape(builder, x, [h / down, w / across, n, down, across, c]);
  const moved = builder.op('Transpose', [blocks], { perm: [2, 0, 3, 1, 4, 5] });
  return reshape(builder, moved, [n, h, w, c]);
}
