import { join } from 'node:path';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { bytesOf, pixelsOf } from '../data/image-set.js';
import { encodePng } from '../images/png.js';
import { VERSION } from '../version.js';
import { forEachPart, type OpenFormat } from './format.js';
import { StreamedFile } from './streamed-file.js';

/** Rows of a group, which readers have in memory at once. */
const GROUP_ROWS = 1000;

/** An image is a struct of the bytes of a PNG and a name, as `datasets` of Hugging Face has them; a label is the number of a class. */
const SCHEMA = [
  { name: 'root', num_children: 2 },
  { name: 'image', repetition_type: 'OPTIONAL', num_children: 2 },
  { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
  {
    name: 'path',
    type: 'BYTE_ARRAY',
    repetition_type: 'OPTIONAL',
    converted_type: 'UTF8',
    logical_type: { type: 'STRING' },
  },
  { name: 'label', type: 'INT64', repetition_type: 'OPTIONAL' },
] as const;

/**
 * train-00000-of-00001.parquet and the same of test, as Hugging Face stores images: a PNG in each row and the number of its class, whose
 * names are in the file's metadata.
 */
export const openParquet: OpenFormat = (folder, { shape, classes }) => {
  const [height, width, channels] = shape;
  const size = bytesOf(shape);
  const features = {
    image: { _type: 'Image' },
    label: { names: classes, _type: 'ClassLabel' },
  };
  const kvMetadata = [{ key: 'huggingface', value: JSON.stringify({ info: { features } }) }];
  const of = forEachPart((part) => {
    const name = `${part}-00000-of-00001.parquet`;
    const file = new StreamedFile(join(folder, name), name);
    const writer = new ByteWriter();
    const flush = (): void => {
      file.write(new Uint8Array(writer.buffer, 0, writer.index));
      writer.index = 0;
    };
    const parquet = new ParquetWriter({
      writer: Object.assign(writer, { flush, finish: flush }),
      schema: SCHEMA.map((element) => ({ ...element })),
      kvMetadata,
      createdBy: `gan-mnist ${VERSION}`,
    });
    return { file, parquet, count: 0 };
  });
  const files = Object.values(of).map(({ file }) => file);
  return {
    add(part, block) {
      const all = pixelsOf(block);
      const images = Array.from({ length: block.count }, (_, k) => {
        const pixels = all.subarray(k * size, (k + 1) * size);
        const bytes = encodePng({ width, height, channels: channels as 1 | 3, pixels });
        return { bytes, path: `${String(of[part].count++).padStart(6, '0')}.png` };
      });
      void of[part].parquet.write({
        columnData: [
          // Compressed pictures that hardly come twice: other encodings and compression cost time and save nothing.
          { name: 'image', data: images, codec: 'UNCOMPRESSED', statistics: false },
          { name: 'label', data: Array.from(block.labels, BigInt) },
        ],
        rowGroupSize: GROUP_ROWS,
      });
    },
    finish: () =>
      Object.values(of).map(({ parquet, file }) => {
        void parquet.finish();
        return file.finish();
      }),
    abandon: () => files.forEach((file) => file.abandon()),
  };
};
