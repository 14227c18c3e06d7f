import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Decoded } from './picture.js';

const require = createRequire(import.meta.url);

/** What a module of Emscripten is made with. */
interface ModuleOptions {
  readonly noInitialRun: boolean;
  readonly instantiateWasm: (
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance) => void,
  ) => WebAssembly.Exports;
  readonly print: (line: string) => void;
  readonly printErr: (line: string) => void;
}

/** What a file that Emscripten made exports. */
export type Factory<M> = (options: ModuleOptions) => Promise<M>;

export interface Image {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** A decoder of pictures in WebAssembly, which is loaded when the first one comes. */
export class WasmDecoder<M> {
  private compiled: WebAssembly.Module | undefined;
  private loading: Promise<M> | undefined;
  private complaint: string | undefined;

  /** @param file of the module, as `require.resolve` finds it. */
  constructor(
    private readonly file: string,
    private readonly factory: Factory<M>,
    private readonly decodeWith: (module: M, bytes: BufferSource) => Image | null,
  ) {}

  /** @throws Error that says what is wrong with the picture. */
  async decode(bytes: Uint8Array): Promise<Decoded> {
    this.loading ??= this.load();
    const module = await this.loading;
    this.complaint = undefined;
    let image: Image | null;
    try {
      image = this.decodeWith(module, bytes as Uint8Array<ArrayBuffer>);
    } catch (error) {
      // It has left by its exit; what it had in memory is lost with it.
      this.loading = undefined;
      throw new Error(this.reason(), { cause: error });
    }
    if (image === null || this.complaint !== undefined) throw new Error(this.reason());
    const { width, height, data } = image;
    return { width, height, rgba: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
  }

  private reason(): string {
    return this.complaint ?? 'it cannot be decoded';
  }

  private load(): Promise<M> {
    this.compiled ??= new WebAssembly.Module(readFileSync(require.resolve(this.file)));
    const compiled = this.compiled;
    return this.factory({
      noInitialRun: true,
      instantiateWasm: (imports, done) => {
        const instance = new WebAssembly.Instance(compiled, imports);
        done(instance);
        return instance.exports;
      },
      print: () => {},
      printErr: (line) => (this.complaint ??= line),
    });
  }
}
