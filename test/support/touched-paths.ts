import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';

/** Every path that was handed to a module made by {@link recording}, absolute. */
export const touched = new Set<string>();

/**
 * node:fs or node:fs/promises, whose functions note the paths that they are given:
 * `vi.mock('node:fs', async (original) => (await import(HERE)).recording(await original()))`.
 */
export function recording<T extends object>(module: T): T {
  const wrapped: Record<string, unknown> = Object.fromEntries(
    Object.entries(module).map(([name, value]) => [
      name,
      isFunction(value) ? noting(value) : value,
    ]),
  );
  return { ...wrapped, default: wrapped } as T;
}

type Any = (...args: unknown[]) => unknown;

/** Classes, as Stats, take no paths and must stay what they are. */
const isFunction = (value: unknown): value is Any =>
  typeof value === 'function' && !/^[A-Z_]/.test(value.name);

const TWO_PATHS = /^(rename|link|symlink|copyFile|cp)/;

function noting(original: Any): Any {
  const noted = (...args: unknown[]): unknown => {
    // The second of the others is content or options.
    for (const arg of args.slice(0, TWO_PATHS.test(original.name) ? 2 : 1)) {
      if (typeof arg === 'string' && /[\\/]/.test(arg)) touched.add(resolve(arg));
      if (arg instanceof URL) touched.add(fileURLToPath(arg));
    }
    return original(...args);
  };
  return Object.assign(noted, original);
}
