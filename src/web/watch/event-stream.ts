import type { ServerResponse } from 'node:http';
import { RunFollower } from './follower.js';

const MILLISECONDS_BETWEEN_LOOKS = 300;
/** A proxy or a sleeping machine cuts a connection that is silent for long. */
const MILLISECONDS_BETWEEN_SIGNS = 15_000;
/** After a lost connection the browser tries again so soon. */
const RETRY_MILLISECONDS = 1000;

/** Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): a run's state whenever it changes. */
export class EventStream {
  private readonly listeners = new Set<ServerResponse>();
  private readonly follower: RunFollower;
  private readonly timers: NodeJS.Timeout[];

  constructor(folder: string) {
    this.follower = new RunFollower(folder);
    this.timers = [
      setInterval(() => this.look(), MILLISECONDS_BETWEEN_LOOKS),
      setInterval(() => this.broadcast(':\n\n'), MILLISECONDS_BETWEEN_SIGNS),
    ];
  }

  /** Begins with the state as it is, so that a page which connects again has missed nothing. */
  add(response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write(`retry: ${RETRY_MILLISECONDS}\n${eventOf(this.follower.state())}`);
    this.listeners.add(response);
    response.on('close', () => this.listeners.delete(response));
  }

  close(): void {
    for (const timer of this.timers) clearInterval(timer);
    for (const listener of this.listeners) listener.end();
  }

  private look(): void {
    if (this.listeners.size === 0) return;
    const state = this.follower.changed();
    if (state !== undefined) this.broadcast(eventOf(state));
  }

  private broadcast(text: string): void {
    for (const listener of this.listeners) listener.write(text);
  }
}

/** JSON has no line breaks, so it is one data line. */
const eventOf = (state: object): string => `data: ${JSON.stringify(state)}\n\n`;
