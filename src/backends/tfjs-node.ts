import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The user's own @tensorflow/tfjs-node: beside this package, or in the folder that the user works in. */
export async function importTfjsNode(): Promise<string> {
  const name = '@tensorflow/tfjs-node';
  // TensorFlow's own log lines on stderr are not for our users; what they set themselves stays.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  interface TfjsNode {
    version: Record<string, string>;
  }
  const place = await import(name).then(
    (module) => module as TfjsNode,
    async (error: unknown) => {
      let path: string;
      try {
        path = createRequire(`${process.cwd()}/`).resolve(name);
      } catch {
        throw error;
      }
      return (await import(pathToFileURL(path).href)) as TfjsNode;
    },
  );
  return place.version['tfjs-node'] ?? place.version.tfjs;
}
