import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Command } from './worker.js';

/** What was seen of a process, from its start to its end. */
export interface Observed {
  /** From the start of the process to its end. */
  readonly seconds: number;
  /** Its most resident memory; null where GNU time is not installed. */
  readonly peakMegabytes: number | null;
  /** Its lines of JSON that have an `event`, each with the seconds after the start at which it came. */
  readonly events: readonly ObservedEvent[];
}

export interface ObservedEvent {
  readonly event: string;
  readonly atSeconds: number;
  readonly [key: string]: unknown;
}

/** GNU time; the one of macOS and BSD has no format option. */
const GNU_TIME = '/usr/bin/time';
const canMeasureMemory = process.platform === 'linux' && existsSync(GNU_TIME);

/** Runs a command to its end. @throws Error with what it said where it fails. */
export async function observe({ file, args, env, cwd }: Command): Promise<Observed> {
  const folder = mkdtempSync(join(tmpdir(), 'gan-mnist-bench-'));
  const memoryFile = join(folder, 'kilobytes');
  const line = canMeasureMemory
    ? [GNU_TIME, '--format=%M', `--output=${memoryFile}`, file, ...args]
    : [file, ...args];
  const start = performance.now();
  const secondsNow = (): number => (performance.now() - start) / 1e3;
  try {
    const child = spawn(line[0], line.slice(1), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const events: ObservedEvent[] = [];
    createInterface({ input: child.stdout }).on('line', (text) => {
      if (text.startsWith('{"event":'))
        events.push({ ...(JSON.parse(text) as ObservedEvent), atSeconds: secondsNow() });
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const seconds = secondsNow();
    if (code !== 0) throw new Error(`ended with code ${code}: ${stderr.trim().split('\n').at(-1)}`);
    const peakMegabytes = canMeasureMemory ? Number(readFileSync(memoryFile, 'utf8')) / 1024 : null;
    return { seconds, peakMegabytes, events };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
