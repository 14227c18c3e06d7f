import { describe, expect, it } from 'vitest';
import { defaultJobs } from '../../src/commands/sweep-here.js';

describe('how many runs are trained at a time', () => {
  const jobs = (runs: number, threads: number, memory: number): [number, string[]] => {
    const warnings: string[] = [];
    const console = { warn: (text: string) => void warnings.push(text) };
    return [defaultJobs(runs, console, threads, memory), warnings];
  };

  it('is one on each processor, and no more than there are', () => {
    expect(jobs(10, 4, 64e9)).toEqual([4, []]);
    expect(jobs(3, 16, 64e9)).toEqual([3, []]);
  });

  it('is fewer where there is no memory for so many, which is said', () => {
    expect(jobs(10, 16, 1e9)).toEqual([
      2,
      [expect.stringMatching(/1000 MB of memory are left, .* 2 of the runs are trained at a time/)],
    ]);
    expect(jobs(10, 16, 1e8)[0]).toBe(1);
  });
});
