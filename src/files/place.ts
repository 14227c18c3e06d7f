import { closeSync, existsSync, openSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../errors.js';
import { explained, explainFileError } from './explain.js';
import { removeFile } from './remove.js';
import { placeOf } from './folders.js';
import { refuseOtherThanPath } from './other-than-path.js';
import { isSpecial } from './special.js';
import { temporaryName } from './temporaries.js';

/**
 * Checks, before the work of minutes, that its result can be written: makes a file where it is to go, or in the nearest folder that
 * there is, and takes it away again.
 *
 * @param path a file or a folder, which need not be there.
 * @param what it is to be.
 * @throws UserError where nothing can be written there.
 */
export function checkPlace(path: string, what: 'file' | 'folder'): void {
  refuseOtherThanPath('write', path);
  if (what === 'file' && /[/\\]$/.test(path))
    throw new UserError(
      `cannot write ${path}: it is the name of a folder, expected that of a file`,
    );
  explained('write', path, () => {
    const place = placeOf(resolve(path));
    const found = statSync(place, { throwIfNoEntry: false });
    if (found?.isDirectory() === true && what === 'file')
      throw new UserError(`cannot write ${path}: it is a folder`);
    if (found !== undefined && !found.isDirectory() && what === 'folder')
      throw new UserError(`cannot write into ${path}: it is a file, expected a folder`);
    // Making files beside a device says nothing of it.
    if (isSpecial(place)) return;
    let folder = what === 'folder' ? place : dirname(place);
    while (!existsSync(folder)) folder = dirname(placeOf(folder));
    try {
      probe(folder);
    } catch (error) {
      // A file that is there may be a mount of its own in a folder that takes no others.
      if (found === undefined || what === 'folder') throw error;
      closeSync(openSync(place, 'r+'));
    }
  });
}

/** Makes a file and takes it away again. One that is there already is not tried: somebody may hold it for a moment. */
function probe(folder: string): void {
  const name = temporaryName(join(folder, 'probe'));
  closeSync(openSync(name, 'wx'));
  removeFile(name);
}

/**
 * Where a result goes that belongs into a folder: there, or where nothing can be written there, under the folder's name beside
 * whoever asked for it.
 *
 * @param named the user's own choice.
 * @param elsewhere told why it goes elsewhere.
 * @throws UserError where the named place, or both, cannot be written.
 */
export function placeFor(
  folder: string,
  named: string | undefined,
  elsewhere: (message: string) => void,
): string {
  if (named !== undefined) {
    checkPlace(named, 'folder');
    return named;
  }
  try {
    checkPlace(folder, 'folder');
    return folder;
  } catch (error) {
    const instead = `${basename(resolve(folder))}-results`;
    checkPlace(instead, 'folder');
    const { message } = explainFileError(error, 'write', folder);
    elsewhere(`${message}; results go to ${instead} (--out names another folder)`);
    return instead;
  }
}
