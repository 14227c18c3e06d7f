import fc from 'fast-check';
import { positive, shapeOf, tensor, type KernelEntries } from './cases.js';

export const normaliseEntries: KernelEntries = {
  FusedBatchNorm: {
    cases: shapeOf(4, 4).chain((shape) => {
      const channels = shape.slice(3);
      return fc
        .record({
          x: tensor(shape),
          mean: tensor(channels),
          variance: tensor(channels, positive),
          scale: fc.option(tensor(channels)),
          offset: fc.option(tensor(channels)),
          varianceEpsilon: fc.constantFrom(1e-5, 1e-3),
        })
        .map(({ x, mean, variance, scale, offset, varianceEpsilon }) => ({
          inputs: {
            x,
            mean,
            variance,
            ...(scale === null ? {} : { scale }),
            ...(offset === null ? {} : { offset }),
          },
          attributes: { varianceEpsilon },
        }));
    }),
    tolerance: { relative: 1e-5, absolute: 1e-5 },
  },
};
