import { describe, expect, it } from 'vitest';
import { copiesAmong, isStray, originalOf } from '../../src/files/stray.js';

describe('what systems and programs put into folders by themselves', () => {
  it.each([
    ...['.DS_Store', '._grid.png', 'Icon\r', 'desktop.ini', 'Thumbs.db', 'lost+found', '__MACOSX'],
    ...['.~lock.losses.csv#', '~$losses.xlsx', '.losses.csv.swp', 'losses.csv~', '@eaDir'],
    ...['.dropbox.attr', '.tmp.drivedownload', '.stfolder', '.nextcloudsync.log', '.gitkeep'],
    ...['.syncthing.losses.csv.tmp', '$RECYCLE.BIN', '.nfs000000000123', '.Trash-1000'],
  ])('counts as nothing: %j', (name) => expect(isStray(name)).toBe(true));

  it.each([
    'options.json',
    'train.csv',
    'Icons',
    'my.DS_Store',
    'lock',
    '.lock',
    'a~b',
    'cat (1).png',
  ])('is somebody’s: %j', (name) => expect(isStray(name)).toBe(false));
});

describe('second copies', () => {
  it.each([
    ['train (1).csv', 'train.csv'],
    ['train (conflicted copy).csv', 'train.csv'],
    ["train (Ann's conflicted copy 2026-11-26).csv", 'train.csv'],
    ['train (Case Conflict).csv', 'train.csv'],
    ['train_conflict-20261126-101010.csv', 'train.csv'],
    ['train.sync-conflict-20261126-101010-ABCDEFG.csv', 'train.csv'],
    ['train - Copy.csv', 'train.csv'],
    ['train copy.csv', 'train.csv'],
    ['train 2.csv', 'train.csv'],
    ['train-DESKTOP-AB12CD3.csv', 'train.csv'],
    ['Copy of train.csv', 'train.csv'],
    ['train-00000-of-00001 (1).parquet', 'train-00000-of-00001.parquet'],
    ['train-images-idx3-ubyte (2)', 'train-images-idx3-ubyte'],
  ])('%j is one of %j', (name, original) => {
    expect(originalOf(name)).toBe(original);
    expect(copiesAmong([name, original])).toEqual([name]);
    expect(copiesAmong([name, 'other.csv'])).toEqual([]);
  });

  it.each(['train.csv', 'copyright.csv', 'train(1).csv.csv', 'train 1.csv'])('not %j', (name) =>
    expect(originalOf(name)).toBe(undefined),
  );
});
