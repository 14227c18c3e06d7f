import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Mean and covariance of feature vectors. */
export interface Moments {
  readonly count: number;
  /** [dimensions] */
  readonly mean: Float64Array;
  /** [dimensions, dimensions], divided by count - 1. */
  readonly covariance: Matrix;
}

/** @param features [count, dimensions], of at least two vectors. */
export function momentsOf(features: Float32Array, dimensions: number): Moments {
  const count = features.length / dimensions;
  if (!Number.isInteger(count) || count < 2)
    throw new RangeError(
      `${features.length} numbers are not two or more vectors of ${dimensions} features`,
    );
  const mean = new Float64Array(dimensions);
  features.forEach((x, i) => (mean[i % dimensions] += x / count));
  // The upper triangle of the sum of products, a feature vector at a time.
  const sums = new Float64Array(dimensions * dimensions);
  const centred = new Float64Array(dimensions);
  for (let start = 0; start < features.length; start += dimensions) {
    for (let a = 0; a < dimensions; a++) centred[a] = features[start + a] - mean[a];
    for (let a = 0; a < dimensions; a++) {
      const x = centred[a];
      if (x === 0) continue;
      for (let b = a; b < dimensions; b++) sums[a * dimensions + b] += x * centred[b];
    }
  }
  const covariance = new Matrix(dimensions, dimensions);
  for (let a = 0; a < dimensions; a++) {
    for (let b = a; b < dimensions; b++) {
      const value = sums[a * dimensions + b] / (count - 1);
      covariance.set(a, b, value);
      covariance.set(b, a, value);
    }
  }
  return { count, mean, covariance };
}

/**
 * The Frechet distance between the normal distributions of those moments, |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2))
 * (Dowson and Landau, "The Frechet distance between multivariate normal distributions", 1982; as a measure of generated images
 * Heusel et al., arXiv 1706.08500, who take Inception features where these are a digit classifier's).
 *
 * C1 C2 is not symmetric; the root's trace is that of (C1^(1/2) C2 C1^(1/2))^(1/2), which is, and so needs no complex
 * numbers. Eigenvalues just below zero are rounding, and count as zero.
 */
export function frechetDistance(a: Moments, b: Moments): number {
  const shift = a.mean.reduce((sum, x, i) => sum + (x - b.mean[i]) ** 2, 0);
  const root = symmetricRoot(a.covariance);
  const product = root.mmul(b.covariance).mmul(root);
  const traceOfRoot = eigen(product).realEigenvalues.reduce(
    (sum, x) => sum + Math.sqrt(Math.max(0, x)),
    0,
  );
  return Math.max(0, shift + a.covariance.trace() + b.covariance.trace() - 2 * traceOfRoot);
}

/** The symmetric square root of a covariance. */
function symmetricRoot(covariance: Matrix): Matrix {
  const { realEigenvalues, eigenvectorMatrix } = eigen(covariance);
  const roots = Matrix.diag(realEigenvalues.map((x) => Math.sqrt(Math.max(0, x))));
  return eigenvectorMatrix.mmul(roots).mmul(eigenvectorMatrix.transpose());
}

/** Of the matrix made exactly symmetric, which rounding has it miss by a little. */
function eigen(matrix: Matrix): EigenvalueDecomposition {
  const symmetric = Matrix.add(matrix, matrix.transpose()).mul(0.5);
  return new EigenvalueDecomposition(symmetric, { assumeSymmetric: true });
}
