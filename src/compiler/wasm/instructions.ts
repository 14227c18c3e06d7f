import { brIf, loop, operand, unsigned, type Code, type Local, type Operand } from './assembler.js';

/** What computes, loads and stores. A number where an i32 operand is expected is that constant. */

const instruction =
  (...opcode: number[]) =>
  (...operands: Operand[]): readonly Code[] => [...operands.map(operand), opcode];
const access =
  (...opcode: number[]) =>
  (address: Operand, offset = 0): readonly Code[] => [
    operand(address),
    opcode,
    0,
    unsigned(offset),
  ];
const storing =
  (...opcode: number[]) =>
  (address: Operand, x: Operand, offset = 0): readonly Code[] => [
    operand(address),
    operand(x),
    opcode,
    0,
    unsigned(offset),
  ];

export const i32 = {
  const: (x: number) => operand(x),
  add: (x: Operand, y: Operand): readonly Code[] =>
    y === 0 ? operand(x) : [operand(x), operand(y), 0x6a],
  sub: instruction(0x6b),
  mul: (x: Operand, y: Operand): readonly Code[] =>
    y === 1 ? operand(x) : y === 0 ? operand(0) : [operand(x), operand(y), 0x6c],
  div: (x: Operand, y: number): readonly Code[] =>
    y === 1 ? operand(x) : [operand(x), operand(y), 0x6e],
  rem: (x: Operand, y: number): readonly Code[] =>
    y === 1 ? operand(0) : [operand(x), operand(y), 0x70],
  shiftRight: instruction(0x76),
  eq: instruction(0x46),
  ne: instruction(0x47),
  lessUnsigned: instruction(0x49),
  atLeastUnsigned: instruction(0x4f),
  load: access(0x28),
  load8: access(0x2d),
  store: storing(0x36),
  store8: storing(0x3a),
  /** Of a float64, held at the ends of the range. */
  ofF64: instruction(0xfc, 0x02),
};

export const f64 = {
  const: (x: number): readonly Code[] => [0x44, [...new Uint8Array(Float64Array.of(x).buffer)]],
  loadF32: (address: Operand, offset = 0): readonly Code[] => [f32.load(address, offset), 0xbb],
  ofI32: instruction(0xb7),
  toF32: instruction(0xb6),
  add: instruction(0xa0),
  mul: instruction(0xa2),
  div: instruction(0xa3),
  min: instruction(0xa4),
  max: instruction(0xa5),
  greater: instruction(0x64),
};

export const f32 = {
  const: (x: number): readonly Code[] => [0x43, [...new Uint8Array(Float32Array.of(x).buffer)]],
  load: access(0x2a),
  store: storing(0x38),
};

/** 128 bits: four float32 or int32 lanes. */
const simd = (code: number): number[] => [0xfd, ...unsigned(code)];
const vector = (code: number): ReturnType<typeof instruction> => instruction(...simd(code));
export const v128 = {
  load: access(...simd(0)),
  store: storing(...simd(11)),
  loadSplat: access(...simd(9)),
  loadSplat8: access(...simd(7)),
  /** 32 bits into the first lane. */
  loadFirst: access(...simd(92)),
  storeLane: (address: Operand, x: Operand, lane: number, offset = 0): readonly Code[] => [
    storing(...simd(90))(address, x, offset),
    lane,
  ],
  storeLane8: (address: Operand, x: Operand, lane: number, offset = 0): readonly Code[] => [
    storing(...simd(88))(address, x, offset),
    lane,
  ],
  /** The first `width` of four lanes. */
  storeLanes: (address: Operand, x: Operand, width: number, offset = 0): Code =>
    width === 4
      ? v128.store(address, x, offset)
      : Array.from({ length: width }, (_, k) => v128.storeLane(address, x, k, offset + 4 * k)),
  zero: [simd(12), Array<number>(16).fill(0)] as readonly Code[],
  /** 32-bit lanes of x (0 to 3) and y (4 to 7). */
  shuffle: (x: Operand, y: Operand, lanes: readonly number[]): readonly Code[] => [
    operand(x),
    operand(y),
    simd(13),
    lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)),
  ],
  not: vector(77),
  and: vector(78),
  or: vector(80),
  /** x where the mask's bits are set, else y. */
  select: (mask: Operand, x: Operand, y: Operand): readonly Code[] => vector(82)(x, y, mask),
  /** Whether any bit is set, as an i32. */
  anyTrue: vector(83),
  /** The low bytes of four lanes, into the first 32 bits. */
  narrow: (x: Operand): readonly Code[] => vector(102)(vector(134)(x, x), v128.zero),
  /** The first four bytes, one a lane. */
  widen: (x: Operand): readonly Code[] => vector(169)(vector(137)(x)),
};

export const f32x4 = {
  splat: (x: number): readonly Code[] => [f32.const(x), simd(19)],
  eq: vector(65),
  ne: vector(66),
  less: vector(67),
  greater: vector(68),
  atMost: vector(69),
  atLeast: vector(70),
  ceil: vector(103),
  floor: vector(104),
  nearest: vector(106),
  abs: vector(224),
  neg: vector(225),
  sqrt: vector(227),
  add: vector(228),
  sub: vector(229),
  mul: vector(230),
  /** x y + z, rounded once or twice: relaxed SIMD, https://github.com/WebAssembly/relaxed-simd */
  relaxedMultiplyAdd: vector(0x105),
  div: vector(231),
  min: vector(232),
  max: vector(233),
  ofI32: vector(250),
  /** Of a float64, in all lanes. */
  ofF64: (x: Operand): readonly Code[] => [f64.toF32(x), simd(19)],
};

export const f64x2 = {
  splat: (x: number): readonly Code[] => [f64.const(x), simd(20)],
  /** Of the first two float32 lanes. */
  ofF32: vector(95),
  /** In the first two float32 lanes; the others are 0. */
  toF32: vector(94),
  floor: vector(117),
  nearest: vector(148),
  add: vector(240),
  sub: vector(241),
  mul: vector(242),
};

export const i32x4 = {
  splat: (x: number): readonly Code[] => [operand(x), simd(17)],
  eq: vector(55),
  ne: vector(56),
  less: vector(57),
  greater: vector(59),
  atMost: vector(61),
  atLeast: vector(63),
  abs: vector(160),
  neg: vector(161),
  shiftLeft: vector(171),
  shiftRightSigned: vector(172),
  add: vector(174),
  sub: vector(177),
  mul: vector(181),
  min: vector(182),
  max: vector(184),
  /** Towards zero, held at the ends of the range; NaN is 0. */
  ofF32: vector(248),
};

/** Sequentially consistent, on 32 bits. */
const atomicAccess =
  (code: number) =>
  (address: Operand, ...operands: Operand[]): readonly Code[] => [
    operand(address),
    ...operands.map(operand),
    0xfe,
    code,
    2,
    0,
  ];
export const atomic = {
  /** The number of threads that were woken. */
  notify: atomicAccess(0x00),
  /** Sleeps while the word is `expected`. */
  wait: (address: Operand, expected: Operand): readonly Code[] =>
    atomicAccess(0x01)(address, expected, [0x42, 0x7f]),
  load: atomicAccess(0x10),
  store: atomicAccess(0x17),
  /** The word as it was. */
  add: atomicAccess(0x1e),
  /** Replaces the word where it is `expected`; the word as it was. */
  compareExchange: (address: Operand, expected: Operand, x: Operand): readonly Code[] =>
    atomicAccess(0x48)(address, expected, x),
};

/** for (x = from; x < to; x += step) body; at least one turn. */
export const count = (
  x: Local,
  from: Operand,
  to: Operand,
  step: Operand,
  ...body: Code[]
): readonly Code[] => [
  x.set(from),
  loop(...body, brIf(0, i32.lessUnsigned(x.tee(i32.add(x.get, step)), to))),
];
