import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';

/** How a worker is started. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A compiler's first step may take minutes, on a busy machine. */
const LONGEST_SILENCE_SECONDS = 900;
const KEPT_STDERR_CHARACTERS = 20_000;
const CAN_PAUSE = process.platform !== 'win32';

/** Stopped processes do not see their parent end: it kills them. */
const running = new Set<Worker>();
process.once('exit', () => running.forEach((worker) => worker.kill()));
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

/**
 * A process that runs a step when it is told to (workers/serve.ts and peers/serve.py are its other end). Between rounds
 * it is stopped by a signal, so that no thread of its library waits in a busy loop beside the others' rounds.
 */
export class Worker {
  private stderr = '';
  private readonly lines: Interface;
  private readonly answers: AsyncIterator<string>;
  /** The library that computes, with its version. */
  library = '';

  private constructor(private readonly child: ChildProcess) {
    child.stderr!.on('data', (chunk: Buffer) => {
      this.stderr = (this.stderr + chunk.toString()).slice(-KEPT_STDERR_CHARACTERS);
    });
    child.stdin!.on('error', () => {}); // a worker that ended: its missing answer says so
    this.lines = createInterface({ input: child.stdout! });
    this.answers = this.lines[Symbol.asyncIterator]();
  }

  /** Starts a process and waits until its step is ready. @throws Error with its reason where it fails. */
  static async start({ file, args, env, cwd }: Command): Promise<Worker> {
    const worker = new Worker(
      spawn(file, args, {
        stdio: 'pipe',
        env: { ...process.env, ...env },
        ...(cwd === undefined ? {} : { cwd }),
      }),
    );
    running.add(worker);
    worker.child.once('exit', () => running.delete(worker));
    await new Promise<void>((resolve, reject) => {
      worker.child.once('spawn', resolve);
      worker.child.once('error', reject);
    });
    try {
      worker.library = String((await worker.answer()).library);
    } catch (error) {
      worker.kill();
      throw error;
    }
    worker.pause();
    return worker;
  }

  /** Runs the step so many times. @returns milliseconds a step. */
  async run(steps: number, warmUpSteps = 0): Promise<number> {
    if (CAN_PAUSE) this.child.kill('SIGCONT');
    if (warmUpSteps > 0) await this.ask(warmUpSteps);
    const seconds = await this.ask(steps);
    this.pause();
    return (seconds * 1e3) / steps;
  }

  /** Ends the process. */
  kill(): void {
    this.lines.close();
    this.child.kill('SIGKILL');
  }

  private pause(): void {
    if (CAN_PAUSE) this.child.kill('SIGSTOP');
  }

  private async ask(steps: number): Promise<number> {
    this.child.stdin!.write(`${steps}\n`);
    return Number((await this.answer()).seconds);
  }

  /** The next line that is an answer; libraries print others. */
  private async answer(): Promise<Record<string, unknown>> {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`no answer in ${LONGEST_SILENCE_SECONDS} s`)),
        LONGEST_SILENCE_SECONDS * 1e3,
      );
    });
    try {
      for (;;) {
        const next = await Promise.race([this.answers.next(), silence]);
        if (next.done === true) throw new Error(this.reason());
        const line = String(next.value);
        if (/^\{"(library|seconds)":/.test(line))
          return JSON.parse(line) as Record<string, unknown>;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Why the process ended, as its last error says. */
  private reason(): string {
    const lines = this.stderr.split('\n').filter((line) => line.trim() !== '');
    const error = lines.findLast((line) => /^\s*[\w.]*(Error|Exception)\b.*: /.test(line));
    return (error ?? lines.at(-1) ?? `ended with code ${this.child.exitCode}`).trim();
  }
}
