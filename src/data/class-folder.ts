import { isSameName } from '../names.js';

/** Letters, digits and a few signs; not at the start a dot or a minus, which tools take for hidden files and options. */
const PLAIN = /^[\p{L}\p{N}_][\p{L}\p{N}_ .+&()-]{0,63}$/u;
/** What Windows takes for devices. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * The name of a class's folder: the class's own where that is a plain name on every system, else its number. A name from somebody's
 * data set may be a path or anything else; the manifest has it as it is.
 */
export function classFolder(classes: readonly string[], index: number): string {
  return classes.every((name) => PLAIN.test(name) && !RESERVED.test(name) && !/[ .]$/.test(name)) &&
    new Set(classes.map((name) => name.toLowerCase())).size === classes.length
    ? classes[index]
    : String(index).padStart(String(classes.length - 1).length, '0');
}

/** The index of a class that somebody named; -1 where there is none. */
export const classNamed = (classes: readonly string[], name: string): number =>
  classes.findIndex((one) => isSameName(one, name));
