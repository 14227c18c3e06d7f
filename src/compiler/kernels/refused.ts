/**
 * Kernels of TensorFlow.js for which the compiler has no rule: why, and what to write instead. Every other kernel has one
 * (test/compiler/kernels/documented.test.ts).
 */
const VALUES_DECIDE =
  "its result's size depends on values, and a compiled step has fixed shapes: use a mask with tf.where";
const TEXT = 'a compiled step has tensors of numbers: do this before the step';
const SPARSE = 'compiled tensors are dense: use tf.scatterND, tf.gather or a mask';
const COMPLEX =
  'a compiled step has no complex numbers: keep real and imaginary parts in two tensors';
const IMAGE = 'do this to the images before the step';
const VOLUME =
  'there are rules for images, not for volumes: reshape to images, or run the step with --backend cpu';
const SEARCH = 'compare with tf.lessEqual and tf.sum instead';
const COMPOSED = 'no op of TensorFlow.js calls it: it is composed of kernels that have rules';

export const REFUSED: Readonly<Record<string, string>> = {
  AvgPool3D: VOLUME,
  AvgPool3DGrad: VOLUME,
  Bincount: 'use tf.sum of tf.oneHot',
  BitwiseAnd: 'use tf.mod and tf.floorDiv',
  BroadcastArgs: COMPOSED,
  BroadcastTo: COMPOSED,
  Complex: COMPLEX,
  ComplexAbs: COMPLEX,
  Conv3D: VOLUME,
  Conv3DBackpropFilterV2: VOLUME,
  Conv3DBackpropInputV2: VOLUME,
  CropAndResize: IMAGE,
  DenseBincount: 'use tf.sum of tf.oneHot',
  Dilation2D: 'use tf.maxPool',
  Dilation2DBackpropFilter: 'use tf.maxPool',
  Dilation2DBackpropInput: 'use tf.maxPool',
  Draw: IMAGE,
  FFT: COMPLEX,
  FlipLeftRight: 'use tf.reverse(images, 2)',
  FromPixels: IMAGE,
  IFFT: COMPLEX,
  Imag: COMPLEX,
  LRN: 'use a normalisation of tf.moments',
  LRNGrad: 'use a normalisation of tf.moments',
  LogSoftmax: COMPOSED,
  LogicalXor: COMPOSED,
  LowerBound: SEARCH,
  MatrixBandPart: COMPOSED,
  MaxPool3D: VOLUME,
  MaxPool3DGrad: VOLUME,
  MaxPoolWithArgmax: 'use tf.maxPool',
  Multinomial:
    "it draws random numbers: add Gumbel noise, from the step's second argument, to the logits and take tf.argMax",
  NonMaxSuppressionV3: VALUES_DECIDE,
  NonMaxSuppressionV4: VALUES_DECIDE,
  NonMaxSuppressionV5: VALUES_DECIDE,
  Pool: COMPOSED,
  RaggedGather: SPARSE,
  RaggedRange: SPARSE,
  RaggedTensorToTensor: SPARSE,
  Real: COMPLEX,
  RotateWithOffset: IMAGE,
  SearchSorted: SEARCH,
  SparseFillEmptyRows: SPARSE,
  SparseReshape: SPARSE,
  SparseSegmentMean: SPARSE,
  SparseSegmentSum: SPARSE,
  SparseToDense: SPARSE,
  StaticRegexReplace: TEXT,
  StringNGrams: TEXT,
  StringSplit: TEXT,
  StringToHashBucketFast: TEXT,
  TensorScatterUpdate: 'use tf.scatterND and tf.where',
  Transform: IMAGE,
  Unique: VALUES_DECIDE,
  UpperBound: SEARCH,
};
