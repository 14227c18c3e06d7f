import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { descriptionText, parseRunDescription } from '../../src/runs/run-description.js';
import { description } from '../web/run-fixture.js';

const changed = (change: object): string =>
  JSON.stringify({ ...JSON.parse(descriptionText(description())), ...change });

describe('options.json', () => {
  it('is read as it was written, with its format', () => {
    const text = descriptionText(description());
    expect(JSON.parse(text)).toMatchObject({ format: 2 });
    expect(parseRunDescription(text, 'it')).toEqual(description());
  });

  it('of the first format has none', () => {
    const { format, ...first } = JSON.parse(changed({})) as { format: number };
    expect(format).toBe(2);
    expect(parseRunDescription(JSON.stringify(first), 'it')).toEqual(description());
  });

  it.each([
    [{ format: 3 }, 'found format 3, expected 1 to 2: a newer gan-mnist may have written it'],
    [{ format: 0 }, 'found format 0, expected 1 to 2'],
    [{ checkpointEvery: 0 }, 'found checkpointEvery = 0, expected >=1 there, in the description'],
    [{ backend: undefined }, 'found no backend, expected the description of a run'],
    [{ backend: { name: 'x' } }, 'found backend.name = "x", expected ("native" | "wasm"'],
    [{ data: { source: '', digests: {} } }, 'found data.digests = {}, expected >=1 there'],
    [
      { data: { source: '', digests: { a: 'b' }, shape: [28, 28, 2] } },
      'found data.shape = [28,28,2], expected [height, width, 1 or 3] there',
    ],
    [{ own: ['something'] }, 'found own.0 = "something", expected ("generator" | "discriminator"'],
    [{ options: { epochs: 'two' } }, 'found epochs = "two", expected a whole number'],
    [{ createdAt: 'x'.repeat(100).split('') }, '..., expected string there'],
  ])('with %j is refused by name', (change, sentence) => {
    const read = (): unknown => parseRunDescription(changed(change), 'it');
    expect(read).toThrow(UserError);
    expect(read).toThrow(sentence);
  });
});
