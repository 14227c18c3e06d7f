import type { Modes } from './modes.js';

/** What a run shows, in plain words. */
export interface Finding {
  readonly kind: 'good' | 'warning' | 'bad' | 'unknown';
  readonly title: string;
  readonly text: string;
}

/** What is known of a run's images. All numbers but the first are shares between 0 and 1. */
export interface Quality {
  /** What classes are called. */
  readonly noun: 'digit' | 'class';
  /** Images that were judged. */
  readonly images: number;
  readonly recognised: number;
  /** The same of real images, where it is known. */
  readonly realRecognised?: number;
  /** Whether an image counts as recognised if it is taken for the class asked for; else if the judge is sure of any. */
  readonly asked: boolean;
  /** Where the models make all classes. */
  readonly evenness?: {
    readonly rarest: { readonly class?: number; readonly share: number };
    readonly mostFrequent: { readonly class?: number; readonly share: number };
    readonly classes: number;
  };
  /** Of classes that are none of digits, and so need not be even, which ones occur. */
  readonly modes?: { readonly generated: Modes; readonly real: Modes };
  readonly coverage: number;
  readonly realCoverage: number;
  readonly copies?: number;
  readonly realCopies?: number;
}

/** Of real images 98 to 99.4 % are recognised: so far below, nobody sees a difference on a page of samples. */
const AS_RECOGNISED = 0.02;
/** Three channels each: their errors add up. */
const AS_SURE = 3 * AS_RECOGNISED;
const MOST = 0.8;
const SOME = 0.3;
/**
 * Noise, too, may be taken for a digit with confidence (of uniform noise 83%, nearly all for an 8); but like one image again and again
 * it covers next to nothing: 2% of real images, where a network of a hundred steps covers more.
 */
const NOTHING = 0.05;
/** Of a tenth each: so far off is even (MNIST's own digits have 9 to 11.4 %), and so rare is missing. */
const EVEN = 0.3;
const MISSING = 0.1;
/** Below the coverage of real images. */
const AS_VARIED = 0.05;
const LESS_VARIED = 0.2;
/** Three standard errors of a difference of two shares of 1 % of 2000 images each. */
const COPIES_BY_CHANCE = 0.01;
const MANY_COPIES = 0.1;

/** Whether the images are digits, all of them, as varied as real ones, and copies: what people ask first. */
export function judgeQuality(quality: Quality): Finding[] {
  const recognised = areRecognised(quality);
  if (recognised.kind === 'bad') return [recognised];
  return [recognised, ...areThere(quality), areVaried(quality), ...copied(quality)];
}

/** Whether all classes are there. */
function areThere({ noun, evenness, modes }: Quality): Finding[] {
  if (noun === 'digit') return evenness === undefined ? [] : [areAll(evenness)];
  return modes === undefined ? [] : [areModes(modes.generated, modes.real)];
}

const copied = ({ copies, realCopies = 0 }: Pick<Quality, 'copies' | 'realCopies'>): Finding[] =>
  copies === undefined ? [] : [areCopies(copies, realCopies)];

/** Images without labels: only what needs none. */
export function judgeUnlabelled(
  quality: Pick<Quality, 'coverage' | 'realCoverage' | 'copies' | 'realCopies'> & {
    /** Frechet distances from real images, of generated and of other real ones. */
    readonly distance: number;
    readonly floor: number;
  },
): Finding[] {
  const { distance, floor } = quality;
  return [
    {
      kind: 'unknown',
      title: 'What they show is for you to see',
      text: `The images have no labels, so that nobody can say whether these are what they should be. Their tones, as thumbnails of 8 x 8, are a Frechet distance of ${distance.toFixed(3)} from real ones; those of other real images ${floor.toFixed(3)}.`,
    },
    areVaried(quality),
    ...copied(quality),
  ];
}

/** How the finding of recognised images is called. */
const RECOGNISED = {
  digit: {
    asked: 'are recognised as the digit asked for',
    free: 'are recognised as a digit with confidence',
    nothing: 'These are no digits, or one again and again',
    all: 'These are digits',
    most: 'Most of these are digits',
    many: 'Many of these are no digits',
    few: 'These are no digits',
  },
  class: {
    asked: 'are recognised as the class asked for',
    free: 'are recognised as some class with confidence',
    nothing: 'These are like no real images, or one again and again',
    all: 'These are recognised as real ones are',
    most: 'Most of these are recognised',
    many: 'Many of these are not recognised',
    few: 'These are not recognised',
  },
} as const;

function areRecognised(quality: Quality): Finding {
  const { noun, images, recognised, realRecognised, asked, coverage } = quality;
  const texts = RECOGNISED[noun];
  const how = asked ? texts.asked : texts.free;
  const beside =
    realRecognised === undefined ? '' : `; of real test images ${percent(realRecognised)}`;
  const text = `${percent(recognised)} of ${images} generated images ${how}${beside}.`;
  if (coverage < NOTHING)
    return {
      kind: 'bad',
      title: texts.nothing,
      text: `They cover ${percent(coverage)} of the real images, which is as good as nothing, whatever the judge takes them for. ${text}`,
    };
  if (recognised >= (realRecognised ?? 1) - AS_RECOGNISED)
    return { kind: 'good', title: texts.all, text };
  if (recognised >= MOST) return { kind: 'warning', title: texts.most, text };
  if (recognised >= SOME) return { kind: 'warning', title: texts.many, text };
  return { kind: 'bad', title: texts.few, text };
}

function areAll({ rarest, mostFrequent, classes }: NonNullable<Quality['evenness']>): Finding {
  const even = 1 / classes;
  const named = (digit: number | undefined): string => (digit === undefined ? '' : `, ${digit},`);
  const text = `The rarest digit${named(rarest.class)} makes up ${percent(rarest.share)} and the most frequent${named(mostFrequent.class)} ${percent(mostFrequent.share)} of the images; even would be ${percent(even)}.`;
  if (rarest.share < MISSING * even) return { kind: 'bad', title: 'Digits are missing', text };
  const isEven = rarest.share >= (1 - EVEN) * even && mostFrequent.share <= (1 + EVEN) * even;
  return isEven
    ? { kind: 'good', title: 'All digits are there', text }
    : { kind: 'warning', title: 'Some digits come much more often than others', text };
}

/** Of all modes: so many make no difference that chance would not, and so few are a collapse in part. */
const NEARLY_ALL = 0.99;
const MANY = 0.9;

/** Whether modes are lost. */
export function areModes(generated: Modes, real: Modes): Finding {
  const { found, of, images, divergence } = generated;
  const text = `${found} of ${of} classes occur among ${images} generated images, and ${real.found} among ${real.images} real ones; the KL divergence of their shares from the data's is ${divergence.toFixed(3)} nats, and ${real.divergence.toFixed(3)} of real ones.`;
  if (found >= NEARLY_ALL * of) return { kind: 'good', title: 'No modes are lost', text };
  return found >= MANY * of
    ? { kind: 'warning', title: 'Some modes are lost', text }
    : { kind: 'bad', title: 'Many modes are lost', text };
}

/** Whether the channels of stacked images are what they should be. */
export function areSharp({
  images,
  recognised,
  realRecognised,
}: Pick<Quality, 'images' | 'recognised'> & { readonly realRecognised: number }): Finding {
  const text = `Of ${percent(recognised)} of ${images} generated images the judge is sure in all channels; of real ones ${percent(realRecognised)}.`;
  if (recognised >= realRecognised - AS_SURE)
    return { kind: 'good', title: 'Their channels are digits', text };
  return recognised >= SOME
    ? { kind: 'warning', title: 'Some of their channels are no digits', text }
    : { kind: 'bad', title: 'Most of their channels are no digits', text };
}

function areVaried({
  coverage,
  realCoverage,
}: Pick<Quality, 'coverage' | 'realCoverage'>): Finding {
  const text = `They cover ${percent(coverage)} of the real images, where as many other real ones cover ${percent(realCoverage)}.`;
  if (coverage >= realCoverage - AS_VARIED)
    return { kind: 'good', title: 'They are as varied as real ones', text };
  return coverage >= realCoverage - LESS_VARIED
    ? { kind: 'warning', title: 'They are less varied than real ones', text }
    : { kind: 'bad', title: 'They are much less varied than real ones', text };
}

function areCopies(copies: number, realCopies: number): Finding {
  const text = `${percent(copies)} are nearer to a training image than ${percent(1 - realCopies)} of real test images are.`;
  if (copies <= realCopies + COPIES_BY_CHANCE)
    return { kind: 'good', title: 'They are no copies of training images', text };
  return copies <= MANY_COPIES
    ? { kind: 'warning', title: 'Some are close to training images', text }
    : { kind: 'bad', title: 'Many are next to copies of training images', text };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
