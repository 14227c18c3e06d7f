import { bytesOf, type ImageSet } from '../data/image-set.js';
import { GRID_SIZE } from '../gan/inputs.js';

/**
 * Real images to lay beside a run's samples, [64, ...image] bytes: the first ones of each class, the classes in turn as those of the
 * samples; where there are no labels some from all over the set.
 *
 * @param asked whether the samples are asked for as a class; else classes without an image are left out.
 */
export function realSamples(images: ImageSet, asked: boolean): Uint8Array {
  const into = new Uint8Array(GRID_SIZE * bytesOf(images.shape));
  images.read(chosen(images, asked), into);
  return into;
}

function chosen({ count, labels, classes }: ImageSet, asked: boolean): number[] {
  const tiles = Array.from({ length: GRID_SIZE }, (_, k) => k);
  if (labels === undefined) return tiles.map((k) => Math.floor((k * count) / GRID_SIZE));
  const ofClass: number[][] = classes.map(() => []);
  labels.forEach((label, k) => {
    if (ofClass[label].length < GRID_SIZE) ofClass[label].push(k);
  });
  const turns = asked ? ofClass : ofClass.filter((places) => places.length > 0);
  return tiles.map((k) => {
    const places = turns[k % turns.length];
    return places[Math.floor(k / turns.length) % places.length] ?? k % count;
  });
}
