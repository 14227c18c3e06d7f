import { Interrupted, UserError } from '../../errors.js';
import { isSide } from '../data-set.js';
import { fitPicture } from '../fit.js';
import { shapeText, type ImageSet, type ImageShape } from '../image-set.js';
import { othersTurn } from '../../turns.js';
import type { ReadContext, ReadImages } from '../readers/reader.js';
import type { PictureHeader } from './picture.js';
import { decodePicture, inspectPicture } from './picture-file.js';
import { memoryStore, type PixelStore } from './pixel-store.js';

/** A picture that is not read yet. */
export interface PictureEntry {
  /** For messages: a path, or a row of a file. */
  readonly name: string;
  /** Index of its class; absent in a set without labels. */
  readonly label?: number;
  /** The bytes of its file. @throws UserError where it cannot be read. */
  bytes(): Uint8Array;
  /** As many bytes as its header may take, where that is cheaper than all. */
  start?(): Uint8Array;
}

/** Pictures of a part, which can be gone through more than once. */
export interface PictureList {
  readonly count: number;
  each(): AsyncIterable<PictureEntry> | Iterable<PictureEntry>;
}

export interface PictureParts {
  readonly train: PictureList;
  readonly test?: PictureList;
  /** None where there are no labels. */
  readonly classes: readonly string[];
}

/** Where nobody says a size and the pictures have several. */
const USUAL_SIDE = 32;
/** Pictures that cannot be read and are named. */
const MOST_NAMED = 3;
/** Once so many cannot be read, a set is refused without looking at the rest. */
const MOST_BAD = 20;
/** Others have their turn so often. */
const TURN_MILLISECONDS = 50;

/**
 * Decodes pictures into images of one shape: the one that was asked for, or else that of the pictures where it is one that networks
 * take, or else squares of 32 x 32. Where all pictures are gray the images are, unless it is said otherwise.
 *
 * @param open makes the memory for a part's images.
 * @throws UserError for pictures that cannot be read, unless they are to be skipped; Interrupted.
 */
export async function readPictures(
  { train, test, classes }: PictureParts,
  context: ReadContext,
  open: (shape: ImageShape, count: number) => PixelStore = memoryStore,
): Promise<ReadImages> {
  const bad = new BadPictures(context.skipBad === true);
  const { shape, remarks } = await chooseShape([train, ...(test ? [test] : [])], context, bad);
  bad.refuse();
  const all = train.count + (test?.count ?? 0);
  let done = 0;
  const part = async (list: PictureList): Promise<ImageSet> => {
    const store = open(shape, list.count);
    const labels: number[] = [];
    await forEachPicture(list, context, async (entry) => {
      context.progress?.(++done, all);
      if (bad.has(entry)) return;
      try {
        store.add(fitPicture(await decodePicture(entry.bytes(), entry.name), shape));
        if (entry.label !== undefined) labels.push(entry.label);
      } catch (error) {
        bad.add(entry, error);
      }
    });
    bad.refuse();
    return store.finish(classes, classes.length === 0 ? undefined : labels);
  };
  const sets = { train: await part(train), ...(test && { test: await part(test) }) };
  return { ...sets, remarks: [...remarks, ...bad.remarks()] };
}

/** The pictures that cannot be read. */
class BadPictures {
  private readonly reasons = new Map<string, string>();

  constructor(private readonly areSkipped: boolean) {}

  has({ name }: PictureEntry): boolean {
    return this.reasons.has(name);
  }

  /** @throws the error, unless it says what is wrong with the picture. */
  add({ name }: PictureEntry, error: unknown): void {
    if (!(error instanceof UserError)) throw error;
    this.reasons.set(name, error.message);
    if (!this.areSkipped && this.reasons.size >= MOST_BAD) this.refuse();
  }

  /** @throws UserError where there are any and they are not to be skipped. */
  refuse(): void {
    const [first] = this.reasons.values();
    if (this.areSkipped || first === undefined) return;
    const others = this.reasons.size - 1;
    throw new UserError(
      `${first}${others > 0 ? ` (and ${others >= MOST_BAD - 1 ? 'at least ' : ''}${others} more cannot be read)` : ''}; expected whole PNG, JPEG or WebP pictures, or --skip-bad, which leaves such ones out`,
    );
  }

  remarks(): string[] {
    const all = [...this.reasons.values()];
    if (all.length === 0) return [];
    const rest = all.length - MOST_NAMED;
    return [
      `${all.length} ${all.length === 1 ? 'picture is' : 'pictures are'} left out: ${all.slice(0, MOST_NAMED).join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`,
    ];
  }
}

async function chooseShape(
  lists: readonly PictureList[],
  context: ReadContext,
  bad: BadPictures,
): Promise<{ shape: ImageShape; remarks: string[] }> {
  const { size, color, known } = context;
  if (known !== undefined) return { shape: known.shape, remarks: [] };
  if (size !== undefined && color !== undefined)
    return { shape: [size, size, color === 'rgb' ? 3 : 1], remarks: [] };
  const seen = new Sizes();
  for (const list of lists)
    await forEachPicture(list, context, (entry) => {
      try {
        seen.add(headerOf(entry));
      } catch (error) {
        bad.add(entry, error);
      }
    });
  if (seen.count === 0) {
    bad.refuse();
    throw new UserError('found no picture that can be read; expected PNG, JPEG or WebP files');
  }
  const channels = color === undefined ? (seen.areGray ? 1 : 3) : color === 'rgb' ? 3 : 1;
  const own = seen.common();
  const shape: ImageShape =
    size !== undefined
      ? [size, size, channels]
      : [...(own ?? ([USUAL_SIDE, USUAL_SIDE] as const)), channels];
  const remarks =
    own !== undefined && own[0] === shape[0] && own[1] === shape[1]
      ? []
      : [
          `pictures ${seen.text()} are cropped around their middle and scaled to ${shapeText(shape)}${size === undefined ? ' (--size chooses another side)' : ''}`,
        ];
  return { shape, remarks };
}

function headerOf(entry: PictureEntry): PictureHeader {
  const { name } = entry;
  if (entry.start === undefined) return inspectPicture(entry.bytes(), name);
  try {
    return inspectPicture(entry.start(), name);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // The header may begin after a large preview.
    return inspectPicture(entry.bytes(), name);
  }
}

/** The sizes of the pictures seen. */
class Sizes {
  count = 0;
  areGray = true;
  /** Height and width as they are shown. */
  private least: readonly [number, number] | undefined;
  private most: readonly [number, number] | undefined;
  private size: readonly [number, number] | undefined;
  private areOfOneSize = true;

  add(header: PictureHeader): void {
    const area = ([rows, columns]: readonly [number, number]): number => rows * columns;
    this.count++;
    this.areGray &&= header.isGray;
    const { width, height, orientation } = header;
    const upright = orientation >= 5 ? ([width, height] as const) : ([height, width] as const);
    if (this.least === undefined || area(upright) < area(this.least)) this.least = upright;
    if (this.most === undefined || area(upright) > area(this.most)) this.most = upright;
    this.size ??= upright;
    this.areOfOneSize &&= this.size[0] === upright[0] && this.size[1] === upright[1];
  }

  /** Height and width of all, where they are the same and networks take them. */
  common(): readonly [number, number] | undefined {
    return this.areOfOneSize && this.size?.every((side) => isSide(side)) ? this.size : undefined;
  }

  text(): string {
    const [least, most] = [this.least!, this.most!].map(
      ([rows, columns]) => `${columns} x ${rows}`,
    );
    return this.areOfOneSize
      ? `of ${least}`
      : least === most
        ? `about ${least}`
        : `from ${least} to ${most}`;
  }
}

/** @throws Interrupted once the signal has come. */
async function forEachPicture(
  list: PictureList,
  { signal }: ReadContext,
  work: (entry: PictureEntry) => void | Promise<void>,
): Promise<void> {
  let turn = performance.now();
  for await (const entry of list.each()) {
    await work(entry);
    if (performance.now() - turn < TURN_MILLISECONDS) continue;
    await othersTurn();
    turn = performance.now();
    if (signal?.aborted === true) throw new Interrupted('interrupted while pictures were read');
  }
}
