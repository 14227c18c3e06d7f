import { sizeOf } from '../../graph/value.js';
import { loop, brIf, when, type Code, type Local } from '../assembler.js';
import { count, i32 } from '../instructions.js';
import { addressOf, type Pattern } from './axes.js';
import {
  microKernel,
  packColumns,
  packRows,
  productLocals,
  type ProductLocals,
  type Tile,
} from './micro-kernel.js';
import { taskFunction, type Task, type TaskContext } from './task.js';

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
/** With a fused multiply-add, which needs no register for the product: 1.2 to 1.3 times as fast on AVX2, 4 by 8 1.14 to 1.25. */
const FUSED_TILE: Tile = { rows: 6, columns: 8 };
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

/** How a product is computed: in panels of columns, some of which, for a part of the rows, are a unit. */
interface Division {
  readonly fused: boolean;
  readonly tile: Tile;
  /** Whether a panel of B is packed before it is multiplied with. */
  readonly packed: boolean;
  readonly panels: number;
  readonly panelsPerUnit: number;
  /** Units of one matrix of the batch: groups of panels, times parts of the rows. */
  readonly groups: number;
  readonly rowParts: number;
  readonly rowsPerUnit: number;
  readonly units: number;
}

function divisionOf({ m, n, transB, batch }: ProductShape, fused: boolean): Division {
  const tile = m === 1 && n > 16 && !transB ? ROW_TILE : fused ? FUSED_TILE : TILE;
  const panels = Math.ceil(n / tile.columns);
  const panelsPerUnit = panels * batch >= PANELS_A_UNIT * FEW_UNITS ? PANELS_A_UNIT : 1;
  const groups = Math.ceil(panels / panelsPerUnit);
  const wanted = Math.ceil(FEW_UNITS / (groups * batch));
  const rowParts = Math.max(1, Math.min(wanted, Math.floor(m / ROWS_A_UNIT)));
  return {
    fused,
    tile,
    packed: transB || m > UNPACKED_ROWS,
    panels,
    panelsPerUnit,
    groups,
    rowParts,
    rowsPerUnit: Math.ceil(m / rowParts / tile.rows) * tile.rows,
    units: groups * batch * rowParts,
  };
}

/**
 * A matrix product with all sizes known: B is packed a panel of columns at a time, as it is needed.
 *
 * @param fused by fused multiply-adds.
 */
export function productTask(shape: ProductShape, fused = false): Task {
  const division = divisionOf(shape, fused);
  const { tile, packed, panelsPerUnit, units } = division;
  const blockBytes = 4 * panelsPerUnit * tile.columns * Math.min(shape.k, BLOCK_DEPTH);
  const task = { arrays: shape.bias ? 4 : 3, units };
  return {
    ...task,
    signature: `product ${fused ? 'fused ' : ''}${JSON.stringify(shape)}`,
    scratch: packed ? blockBytes : 0,
    function: (name) => taskFunction(name, task, (context) => unitCode(shape, division, context)),
  };
}

/** Where a unit's work is: local variables that hold addresses, and numbers of rows, panels and parts. */
const PLACES = [
  ...(['a', 'b', 'c', 'group', 'part', 'row', 'endRow', 'aRow', 'cRow'] as const),
  ...(['panel', 'endPanel', 'packedAt'] as const),
];
type PlaceName = (typeof PLACES)[number];
type Places = Readonly<Record<PlaceName, Local>> & {
  readonly bias: Local | undefined;
  readonly locals: ProductLocals;
};

function unitCode(
  shape: ProductShape,
  division: Division,
  { local, addresses, scratch, unit }: TaskContext,
): { each: Code } {
  const { m, k, n } = shape;
  const { tile, packed, panels, panelsPerUnit, groups, rowParts } = division;
  const [a, b, ...others] = addresses;
  const places: Places = {
    ...(Object.fromEntries(PLACES.map((name) => [name, local()])) as Record<PlaceName, Local>),
    bias: shape.bias ? others[0] : undefined,
    locals: productLocals(local, tile),
  };
  const { group, panel, endPanel, packedAt } = places;
  const blockCode = (depth: number, isFirst: boolean): Code => {
    const lastWidth = n - (panels - 1) * tile.columns;
    const last = panelCode(shape, division, places, { depth, isFirst, width: lastWidth });
    const each =
      n % tile.columns === 0 || panels === 1
        ? last
        : when(
            i32.eq(panel.get, panels - 1),
            last,
            panelCode(shape, division, places, { depth, isFirst, width: tile.columns }),
          );
    return [
      packedAt.set(scratch.get),
      panel.set(i32.mul(group.get, panelsPerUnit)),
      endPanel.set(i32.add(panel.get, panelsPerUnit)),
      when(i32.lessUnsigned(panels, endPanel.get), endPanel.set(panels)),
      loop(
        each,
        packed ? packedAt.set(i32.add(packedAt.get, 4 * depth * tile.columns)) : [],
        brIf(0, i32.lessUnsigned(panel.tee(i32.add(panel.get, 1)), endPanel.get)),
      ),
    ];
  };
  const next: Code = [
    places.a.set(i32.add(places.a.get, 4 * BLOCK_DEPTH * (shape.transA ? m : 1))),
    places.b.set(i32.add(places.b.get, 4 * BLOCK_DEPTH * (shape.transB ? 1 : n))),
  ];
  const [whole, rest] = [Math.floor(k / BLOCK_DEPTH), k % BLOCK_DEPTH];
  const perMatrix = groups * rowParts;
  const product = i32.div(unit.get, perMatrix);
  const matrix = (pattern: Pattern, size: number): readonly Code[] =>
    i32.mul(addressOf(0, product, pattern), 4 * size);
  return {
    each: [
      places.a.set(i32.add(a.get, matrix(shape.batchA, m * k))),
      places.b.set(i32.add(b.get, matrix(shape.batchB, k * n))),
      places.c.set(i32.add(others[others.length - 1].get, i32.mul(product, 4 * m * n))),
      group.set(i32.rem(unit.get, perMatrix)),
      places.part.set(i32.div(group.get, groups)),
      group.set(i32.rem(group.get, groups)),
      blockCode(Math.min(k, BLOCK_DEPTH), true),
      whole > 1 ? count(local(), 1, whole, 1, next, blockCode(BLOCK_DEPTH, false)) : [],
      whole > 0 && rest > 0 ? [next, blockCode(rest, false)] : [],
    ],
  };
}

/** `depth` of A's columns and B's rows, and how many columns of the result. */
interface Block {
  readonly depth: number;
  /** Whether nothing is in the result yet. */
  readonly isFirst: boolean;
  readonly width: number;
}

/** One panel of the result, a unit's rows of it: plus the products of a block of A's columns and B's rows. */
function panelCode(
  { m, k, n, transA, transB }: ProductShape,
  { fused, tile, packed, rowParts, rowsPerUnit }: Division,
  { a, b, c, part, row, endRow, aRow, cRow, panel, packedAt, bias, locals }: Places,
  { depth, isFirst, width }: Block,
): Code {
  const [rowA, rowB] = [transA ? m : k, transB ? k : n];
  /** Numbers from one row of the product to the next, and from one turn to the next. */
  const [aRows, aTurns] = transA ? [1, rowA] : [rowA, 1];
  const columnBytes = i32.mul(panel.get, 4 * tile.columns);
  const panelB = i32.add(b.get, transB ? i32.mul(columnBytes, rowB) : columnBytes);
  const added = bias && { bias: i32.add(bias.get, columnBytes) };
  const plus = isFirst ? added : 'result';
  const rows = (count: number): Code =>
    microKernel(locals, {
      rows: count,
      columns: width,
      depth,
      a: aRow.get,
      b: packedAt.get,
      c: cRow.get,
      aStep: aTurns,
      aRow: aRows,
      bStep: packed ? tile.columns : rowB,
      cRow: n,
      fused,
      plus,
    });
  const pack = transB ? packRows : packColumns;
  const packing = { from: panelB, to: packedAt.get, row: rowB, width, stride: tile.columns, depth };
  const whole = m - (m % tile.rows);
  return [
    packed ? pack(locals, packing) : packedAt.set(panelB),
    row.set(i32.mul(part.get, rowsPerUnit)),
    aRow.set(i32.add(a.get, i32.mul(row.get, 4 * aRows))),
    cRow.set(i32.add(i32.add(c.get, columnBytes), i32.mul(row.get, 4 * n))),
    endRow.set(i32.add(row.get, rowsPerUnit)),
    when(i32.lessUnsigned(whole, endRow.get), endRow.set(whole)),
    whole === 0
      ? []
      : when(
          i32.lessUnsigned(row.get, endRow.get),
          loop(
            rows(tile.rows),
            aRow.set(i32.add(aRow.get, 4 * aRows * tile.rows)),
            cRow.set(i32.add(cRow.get, 4 * n * tile.rows)),
            brIf(0, i32.lessUnsigned(row.tee(i32.add(row.get, tile.rows)), endRow.get)),
          ),
        ),
    m === whole ? [] : when(i32.eq(part.get, rowParts - 1), rows(m - whole)),
  ];
}

/** Whether a value of such a shape can be the bias: one number for each column. */
export const isBiasShape = (shape: readonly number[], n: number): boolean =>
  sizeOf(shape) === n && shape[shape.length - 1] === n;
