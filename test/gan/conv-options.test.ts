import { describe, expect, it } from 'vitest';
import { averageDecayAt, learningRateScale } from '../../src/gan/schedule.js';
import { ofLength, runOptions, savedOptions } from '../../src/gan/options.js';

describe('the options of a model', () => {
  it('are those of the model alone', () => {
    const dense = Object.keys(runOptions({}));
    const conv = Object.keys(runOptions({ model: 'conv' }));
    expect(dense).toContain('units');
    expect(conv).not.toContain('units');
    for (const name of ['filters', 'kernelSize', 'normalisation', 'generatorSlope']) {
      expect(dense).not.toContain(name);
      expect(conv).toContain(name);
    }
  });

  it('have defaults of their own for conv, which what is given overrides', () => {
    expect(runOptions({ model: 'conv', epochs: 3 })).toMatchObject({
      model: 'conv',
      epochs: 3,
      batchSize: 64,
      filters: 16,
      conditional: true,
    });
  });

  it('have other rates for one digit than for all, and nothing to be asked for', () => {
    const rates = (given: object): (number | undefined)[] => {
      const { learningRate, discriminatorLearningRate } = runOptions({ model: 'conv', ...given });
      return [learningRate, discriminatorLearningRate];
    };
    expect(rates({})).toEqual([0.001, undefined]);
    expect(rates({ digit: 0 })).toEqual([0.001, 0.002]);
    expect(rates({ digit: 4, learningRate: 0.0003 })).toEqual([0.0003, 0.002]);
    expect(runOptions({ digit: 4 })).toMatchObject({
      learningRate: 0.001,
      conditional: false,
      penalty: 'none',
      beta1: 0.5,
    });
    expect(runOptions({ model: 'conv', digit: 4 })).toMatchObject({
      penalty: 'r1r2-by-noise',
      penaltyWeight: 0.3,
    });
    const each = runOptions({ model: 'conv', digit: 0 });
    expect({ ...each, digit: 4 }).toEqual(runOptions({ model: 'conv', digit: 4 }));
  });

  it('survive being written to options.json and read again, presets included', () => {
    for (const given of [
      {},
      { model: 'conv' },
      { model: 'conv', digit: 3 },
      { preset: 'plain-conv' },
      { preset: 'cfcv' },
    ]) {
      const options = runOptions(given);
      expect(runOptions(JSON.parse(JSON.stringify(options)) as object as never)).toEqual(options);
    }
  });

  it('of the plain preset are those of the second notebook', () => {
    expect(runOptions({ preset: 'plain-conv' })).toMatchObject({
      model: 'conv',
      filters: 64,
      kernelSize: 5,
      normalisation: 'none',
      initialisation: 'glorot',
      learningRate: 0.0002,
      beta1: 0.5,
      batchSize: 64,
    });
  });

  it.each([
    [{ filters: 8 }, /--filters: found it with --model dense, expected --model conv/],
    [{ model: 'conv', units: 8 }, /--units: found it with --model conv, expected --model dense/],
    [{ digit: 1000 }, /found digit = 1000, expected a whole number from 0 to 999/],
    [{ preset: 'plain-conv', kernelSize: 3 }, /--kernel-size 3 contradicts --preset plain-conv/],
    [{ digit: 3, conditional: true }, /--digit and --conditional/],
    [{ loss: 'hinge', labelSmoothing: 0.1 }, /--label-smoothing: found it with --loss hinge/],
    [{ quality: 'fast', filters: 32 }, /--filters 32 contradicts --quality fast/],
    [{ quality: 'fast', preset: 'cfcv' }, /contradicts --quality fast/],
    [{ preset: 'cfcv', model: 'conv' }, /--model "conv" contradicts --preset cfcv/],
  ])('refuse %j', (given, message) => {
    expect(() => runOptions(given)).toThrow(message);
  });
});

describe('the options of a run of the first format', () => {
  it.each([
    [
      { model: 'dense', units: 8 },
      { initialisation: 'glorot', discriminatorLayers: 'widening' },
    ],
    [{ model: 'conv', filters: 4, normalisation: 'batch' }, { baseChannels: 64 }],
  ])('are %j and what was not an option then', (saved, expected) => {
    const written = {
      latentSize: 100,
      beta1: 0.5,
      labelSmoothing: 0.1,
      averageDecay: 0.998,
      ...saved,
    };
    expect(savedOptions(written, 'options.json')).toMatchObject({
      ...written,
      ...expected,
      conditional: false,
      loss: 'non-saturating',
      penalty: 'none',
      beta2: 0.999,
    });
  });

  it('are taken as they stand in the present one', () => {
    const options = runOptions({ model: 'conv', loss: 'hinge' });
    expect(savedOptions({ ...options }, 'options.json')).toEqual(options);
  });
});

describe('the length of a run', () => {
  it('in steps is that of the epochs that have them, by the images that there are', () => {
    const options = runOptions({ steps: 100, batchSize: 30 });
    expect(ofLength(options, 60_000).epochs).toBe(1);
    expect(ofLength(options, 1000).epochs).toBe(4); // of 33 steps each
    expect(ofLength(options, 20)).toBe(options);
    expect(ofLength(runOptions({ epochs: 7 }), 1000).epochs).toBe(7);
  });
});

describe('the schedule', () => {
  it('holds the learning rates, then lets them fall linearly to 0', () => {
    const at = (step: number): number => learningRateScale(step, 100, 0.5);
    expect([0, 50, 75, 99, 100].map(at)).toEqual([1, 1, 0.5, expect.closeTo(0.02), 0]);
    expect(learningRateScale(99, 100, 0)).toBe(1);
  });

  it('stays at 0 when a run goes on past its last epoch', () => {
    expect(learningRateScale(150, 100, 0.5)).toBe(0);
  });

  it('averages as TensorFlow does with num_updates: soon rid of the initial weights', () => {
    expect(averageDecayAt(0, 0.998)).toBeCloseTo(0.1);
    expect(averageDecayAt(90, 0.998)).toBeCloseTo(0.91);
    expect(averageDecayAt(1e6, 0.998)).toBe(0.998);
  });
});
