/** How the name of a number, as `discriminatorLoss`, is written where it is not an identifier. */

/** `discriminatorLoss` as `discriminator loss`. */
export const wordsOf = (name: string): string => split(name, ' ');

/** `discriminatorLoss` as `discriminator_loss`. */
export const snakeCaseOf = (name: string): string => split(name, '_');

/** `discriminatorLoss` as `discriminator-loss`. */
export const kebabCaseOf = (name: string): string => split(name, '-');

const split = (name: string, by: string): string =>
  name.replace(/[A-Z]/g, (letter) => `${by}${letter.toLowerCase()}`);
