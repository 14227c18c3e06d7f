/** What systems, mounts, version control, cloud drives and editors put into folders by themselves. */
const STRAY = new RegExp(
  [
    /\.DS_Store|\._.*|\.localized|Icon\r|__MACOSX|\.Spotlight-V100|\.Trashes|\.fseventsd|\.AppleDouble/,
    /Thumbs\.db|ehthumbs\.db|desktop\.ini|\$RECYCLE\.BIN|System Volume Information/,
    /lost\+found|\.directory|\.Trash-\d+|\.nfs[0-9a-f]+|\.snapshot|\.fuse_hidden[0-9a-f]+/,
    /\.git(keep|ignore|attributes)/,
    /@eaDir|#recycle|@Recycle|\.@__thumb/,
    /\.dropbox(\.attr|\.cache)?|\.tmp\.drive(up|down)load|\.sync(_[0-9a-f]+\.db.*)?|\.(owncloud|nextcloud)sync\.log|\.st(folder|ignore|versions)|[.~]syncthing[.~].*\.tmp/,
    /\.~lock\..*#|~\$.*|.*~|\..*\.sw[op]/,
  ]
    .map(({ source }) => `^(?:${source})$`)
    .join('|'),
  'i',
);

/** Whether a file or folder of that name is nobody's: it counts as nothing, and stays. */
export const isStray = (name: string): boolean => STRAY.test(name);

/**
 * What stands in the name of a second copy of a file, before its ending: as cloud drives name them where two machines changed one, browsers
 * where a file was there already, and people.
 */
const COPY =
  /(?: \(\d+\)| ?\([^()]*(?:conflict|copy)[^()]*\)| - Copy| copy| [2-9]|-(?:DESKTOP|LAPTOP)-[A-Z0-9]+|_conflict-[\w-]+|\.sync-conflict-[\w-]+)(?=\.|$)/i;

const COPY_OF = /^Copy of /;

/** The name of the file that one is a second copy of by its own: "train.csv" of "train (1).csv"; undefined where it is none. */
export function originalOf(name: string): string | undefined {
  const original = name.replace(COPY_OF, '').replace(COPY, '');
  return original === name ? undefined : original;
}

/** Those of the names that are second copies of others among them. */
export const copiesAmong = (names: readonly string[]): string[] =>
  names.filter((name) => names.includes(originalOf(name) ?? ''));
