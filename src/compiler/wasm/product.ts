import { sizeOf } from '../value.js';
import { loop, brIf, when, type Code } from './assembler.js';
import { i32 } from './instructions.js';
import { operandIndex, type Pattern } from './broadcast.js';
import {
  microKernel,
  packColumns,
  packRows,
  productLocals,
  type MicroKernel,
  type Tile,
} from './micro-kernel.js';
import { taskFunction, type Task } from './task.js';

/** C [batch, m, n] = A [m, k] B [k, n] + bias [n] for each of a batch, either one stored transposed. */
export interface ProductShape {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly transA: boolean;
  readonly transB: boolean;
  readonly bias: boolean;
  /** Which matrix of A and of B belongs to each of the batch. */
  readonly batch: number;
  readonly batchA: Pattern;
  readonly batchB: Pattern;
}

/** 4 by 8 leaves registers for the operands, of the 16 that x64 has: the fastest of those tried. */
const TILE: Tile = { rows: 4, columns: 8 };
/** Of a single row: so that a line of the cache is used whole. */
const ROW_TILE: Tile = { rows: 1, columns: 32 };
/** A block of B's panel and of A's rows stays in the cache. Sums are those of the blocks, added. */
const BLOCK_DEPTH = 784;
/** Columns that a unit has at most, in panels. */
const PANELS_A_UNIT = 2;
const ROWS_A_UNIT = 64;
/** Fewer units than this leave threads without work at the end. */
const FEW_UNITS = 8;
/** A panel that only so many rows are multiplied with is not worth packing. */
const UNPACKED_ROWS = 4;

/** A matrix product with all sizes known: B is packed a panel of columns at a time, as it is needed. */
export function productTask(shape: ProductShape): Task {
  const { m, k, n, transA, transB, bias, batch } = shape;
  const tile = m === 1 && n > 16 && !transB ? ROW_TILE : TILE;
  const packed = transB || m > UNPACKED_ROWS;
  const panels = Math.ceil(n / tile.columns);
  const perUnit = panels * batch >= PANELS_A_UNIT * FEW_UNITS ? PANELS_A_UNIT : 1;
  const groups = Math.ceil(panels / perUnit);
  const rowParts = Math.max(
    1,
    Math.min(Math.ceil(FEW_UNITS / (groups * batch)), Math.floor(m / ROWS_A_UNIT)),
  );
  const rowsPerUnit = Math.ceil(m / rowParts / tile.rows) * tile.rows;
  const units = groups * batch * rowParts;
  const blockBytes = 4 * perUnit * tile.columns * Math.min(k, BLOCK_DEPTH);
  const task = { arrays: bias ? 4 : 3, units };
  const rowA = transA ? m : k;
  const rowB = transB ? k : n;
  return {
    ...task,
    signature: `product ${JSON.stringify(shape)}`,
    scratch: packed ? blockBytes : 0,
    function: (name) =>
      taskFunction(name, task, ({ local, addresses, scratch, unit }) => {
        const [a0, b0, ...rest] = addresses;
        const c0 = rest[rest.length - 1];
        const locals = productLocals(local, tile);
        const [a, b, c, at, part, row, rows, aRow, cRow, panel, end, packedAt] = Array.from(
          { length: 12 },
          () => local(),
        );

        const block = (first: number): Code => {
          const depth = Math.min(BLOCK_DEPTH, k - first);
          const firstB = i32.add(
            i32.add(b.get, transB ? 4 * first : 4 * first * rowB),
            i32.mul(panel.get, 4 * tile.columns * (transB ? rowB : 1)),
          );
          const columns = (width: number): Code => {
            const kernel = (rowCount: number): Code => {
              const given: MicroKernel = {
                rows: rowCount,
                columns: width,
                depth,
                a: aRow.get,
                b: packedAt.get,
                c: cRow.get,
                aStep: transA ? rowA : 1,
                aRow: transA ? 1 : rowA,
                bStep: packed ? tile.columns : rowB,
                cRow: n,
                plus:
                  first > 0
                    ? 'result'
                    : bias
                      ? { bias: i32.add(rest[0].get, i32.mul(panel.get, 4 * tile.columns)) }
                      : undefined,
              };
              return microKernel(locals, given);
            };
            const pack = transB ? packRows : packColumns;
            const whole = m - (m % tile.rows);
            const step = 4 * (transA ? 1 : rowA) * tile.rows;
            return [
              packed
                ? pack(locals, {
                    from: firstB,
                    to: packedAt.get,
                    row: rowB,
                    width,
                    stride: tile.columns,
                    depth,
                  })
                : packedAt.set(firstB),
              aRow.set(
                i32.add(
                  i32.add(a.get, 4 * first * (transA ? rowA : 1)),
                  i32.mul(part.get, 4 * rowsPerUnit * (transA ? 1 : rowA)),
                ),
              ),
              cRow.set(
                i32.add(
                  i32.add(c.get, i32.mul(panel.get, 4 * tile.columns)),
                  i32.mul(part.get, 4 * rowsPerUnit * n),
                ),
              ),
              row.set(i32.mul(part.get, rowsPerUnit)),
              rows.set(i32.add(row.get, rowsPerUnit)),
              when(i32.lessUnsigned(whole, rows.get), rows.set(whole)),
              when(
                i32.lessUnsigned(row.get, rows.get),
                loop(
                  whole > 0 ? kernel(tile.rows) : [],
                  aRow.set(i32.add(aRow.get, step)),
                  cRow.set(i32.add(cRow.get, 4 * n * tile.rows)),
                  brIf(0, i32.lessUnsigned(row.tee(i32.add(row.get, tile.rows)), rows.get)),
                ),
              ),
              m === whole ? [] : when(i32.eq(part.get, rowParts - 1), kernel(m - whole)),
            ];
          };
          const lastWidth = n - (panels - 1) * tile.columns;
          const edge = columns(lastWidth);
          const each =
            lastWidth === tile.columns || panels === 1
              ? edge
              : when(i32.eq(panel.get, panels - 1), edge, columns(tile.columns));
          return [
            packedAt.set(scratch.get),
            panel.set(i32.mul(at.get, perUnit)),
            end.set(i32.add(panel.get, perUnit)),
            when(i32.lessUnsigned(panels, end.get), end.set(panels)),
            loop(
              each,
              packed ? packedAt.set(i32.add(packedAt.get, 4 * depth * tile.columns)) : [],
              brIf(0, i32.lessUnsigned(panel.tee(i32.add(panel.get, 1)), end.get)),
            ),
          ];
        };

        const product = i32.div(unit.get, groups * rowParts);
        const matrix = (pattern: Pattern, size: number): readonly Code[] =>
          i32.mul(operandIndex(pattern, product), 4 * size);
        const blocks = Array.from({ length: Math.ceil(k / BLOCK_DEPTH) }, (_, j) =>
          block(j * BLOCK_DEPTH),
        );
        return {
          each: [
            a.set(i32.add(a0.get, matrix(shape.batchA, m * k))),
            b.set(i32.add(b0.get, matrix(shape.batchB, k * n))),
            c.set(i32.add(c0.get, i32.mul(product, 4 * m * n))),
            at.set(i32.rem(unit.get, groups * rowParts)),
            part.set(i32.div(at.get, groups)),
            at.set(i32.rem(at.get, groups)),
            blocks,
          ],
        };
      }),
  };
}

/** Whether a value of such a shape can be the bias: one number for each column. */
export const isBiasShape = (shape: readonly number[], n: number): boolean =>
  sizeOf(shape) === n && shape[shape.length - 1] === n;
