/**
 * Where the discriminator's loss lies when one side has won and when neither can. Of the optimal discriminator for real
 * images labelled 1 - s and generated ones labelled 0 (Goodfellow et al., arXiv 1406.2661, section 4.1, with one-sided label
 * smoothing, Salimans et al., arXiv 1606.03498, section 3.4), in nats.
 */
export interface LossLevels {
  /** It tells every image: only the entropy of the smoothed labels remains. 0 without smoothing. */
  readonly floor: number;
  /** It cannot tell real from generated: it answers (1 - s) / 2 to every image. 2 ln 2 without smoothing. */
  readonly undecided: number;
  /** The generator's loss at that point, -ln((1 - s) / 2). ln 2 without smoothing. */
  readonly generatorUndecided: number;
}

/** @param smoothing s, in [0, 0.5]. */
export function lossLevels(smoothing: number): LossLevels {
  const real = 1 - smoothing;
  const answer = real / 2;
  return {
    floor: -(xlnx(real) + xlnx(smoothing)),
    undecided: -(real * Math.log(answer) + smoothing * Math.log(1 - answer)) - Math.log(1 - answer),
    generatorUndecided: -Math.log(answer),
  };
}

const xlnx = (x: number): number => (x === 0 ? 0 : x * Math.log(x));
