import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Screen } from '../../src/terminal/screen.js';
import { createTask } from '../../src/terminal/task.js';
import { VirtualTerminal } from './virtual-terminal.js';

describe('how far a command is', () => {
  it('is a bar with the time left, which goes when all is done', async () => {
    const terminal = new VirtualTerminal(40);
    const clock = { seconds: 0 };
    const now = (): number => clock.seconds;
    const screen = new Screen(terminal.stream, { isLive: true, now });
    const task = createTask({ screen, say: () => {}, colors: 0, now });
    task.at('drawing images', 0, 100);
    clock.seconds = 1;
    task.at('drawing images', 20, 100);
    screen.write('a line that stays\n');
    expect(await terminal.lines()).toEqual([
      'a line that stays',
      '',
      'drawing images ██░░░░░░░░  20%  4s left',
    ]);
    task.at('drawing images', 100, 100);
    expect(await terminal.lines()).toEqual(['a line that stays']);
  });

  it('is a line at each tenth of what takes long, where there is no terminal', () => {
    const stream = new PassThrough();
    const clock = { seconds: 0 };
    const said: string[] = [];
    const screen = new Screen(stream, { isLive: false });
    const task = createTask({
      screen,
      say: (line) => said.push(line),
      colors: 0,
      now: () => clock.seconds,
    });
    for (let done = 0; done <= 40; done++) {
      clock.seconds = done / 10;
      task.at('reading pictures', done, 40);
    }
    expect(said).toEqual(
      [20, 24, 28, 32, 36, 40].map((done) => `  reading pictures: ${done} of 40`),
    );
    expect(stream.read()).toBeNull();
  });
});
