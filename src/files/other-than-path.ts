import { UserError } from '../errors.js';

/**
 * What is no path of this machine, and would all the same be looked for, or make folders of that name.
 *
 * @param doing what is to be done, as "write".
 * @throws UserError for a home folder that no shell has put in, and for an address.
 */
export function refuseOtherThanPath(doing: string, path: string): void {
  if (/^~[\w-]*([/\\]|$)/.test(path))
    throw new UserError(
      `cannot ${doing} ${path}: ~ stands for a home folder in a shell alone, which leaves it as it is between quotes and behind =; expected the whole path`,
    );
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(path))
    throw new UserError(
      `cannot ${doing} ${path}: it is an address; expected a path of this machine`,
    );
}
