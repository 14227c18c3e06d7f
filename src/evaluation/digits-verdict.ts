/** What a run shows, in plain words. */
export interface Finding {
  readonly kind: 'good' | 'warning' | 'bad' | 'unknown';
  readonly title: string;
  readonly text: string;
}

/** What is known of a run's images. All numbers but the first are shares between 0 and 1. */
export interface Quality {
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
  readonly coverage: number;
  readonly realCoverage: number;
  readonly copies?: number;
  readonly realCopies?: number;
}

/** Of real images 98 to 99.4 % are recognised: so far below, nobody sees a difference on a page of samples. */
const AS_RECOGNISED = 0.02;
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
  const digits = areDigits(quality);
  if (digits.kind === 'bad') return [digits];
  const { evenness, copies, realCopies = 0 } = quality;
  return [
    digits,
    ...(evenness === undefined ? [] : [areAll(evenness)]),
    areVaried(quality),
    ...(copies === undefined ? [] : [areCopies(copies, realCopies)]),
  ];
}

function areDigits(quality: Quality): Finding {
  const { images, recognised, realRecognised, asked, coverage } = quality;
  const how = asked
    ? 'are recognised as the digit asked for'
    : 'are recognised as a digit with confidence';
  const beside =
    realRecognised === undefined ? '' : `; of real test images ${percent(realRecognised)}`;
  const text = `${percent(recognised)} of ${images} generated images ${how}${beside}.`;
  if (coverage < NOTHING)
    return {
      kind: 'bad',
      title: 'These are no digits, or one again and again',
      text: `They cover ${percent(coverage)} of the real images, which is as good as nothing, whatever the judge takes them for. ${text}`,
    };
  if (recognised >= (realRecognised ?? 1) - AS_RECOGNISED)
    return { kind: 'good', title: 'These are digits', text };
  if (recognised >= MOST) return { kind: 'warning', title: 'Most of these are digits', text };
  if (recognised >= SOME) return { kind: 'warning', title: 'Many of these are no digits', text };
  return { kind: 'bad', title: 'These are no digits', text };
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

function areVaried({ coverage, realCoverage }: Quality): Finding {
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
