import type { ServerResponse } from 'node:http';
import type { RunFollower } from './follower.js';

const MILLISECONDS_BETWEEN_LOOKS = 300;
/** A proxy or a sleeping machine cuts a connection that is silent for long. */
const MILLISECONDS_BETWEEN_SIGNS = 15_000;
/** After a lost connection the browser tries again so soon. */
const RETRY_MILLISECONDS = 1000;

/** Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): what the page shows whenever it changes. */
export class EventStream {
  private readonly listeners = new Set<ServerResponse>();
  private readonly timers: NodeJS.Timeout[];
  private isLooking = false;

  /** @param failed told of what was not foreseen; the looking goes on. */
  constructor(
    private readonly follower: RunFollower,
    private readonly failed: (error: unknown) => void,
  ) {
    this.timers = [
      setInterval(() => void this.look(), MILLISECONDS_BETWEEN_LOOKS),
      setInterval(() => this.broadcast(':\n\n'), MILLISECONDS_BETWEEN_SIGNS),
    ];
  }

  /** Begins with everything as it is, so that a page which connects again has missed nothing. */
  async add(response: ServerResponse): Promise<void> {
    const news = await this.follower.news();
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write(`retry: ${RETRY_MILLISECONDS}\n${eventOf(news)}`);
    this.listeners.add(response);
    response.on('close', () => this.listeners.delete(response));
  }

  close(): void {
    for (const timer of this.timers) clearInterval(timer);
    for (const listener of this.listeners) listener.end();
  }

  private async look(): Promise<void> {
    if (this.listeners.size === 0 || this.isLooking) return;
    this.isLooking = true;
    try {
      const news = await this.follower.changed();
      if (news !== undefined) this.broadcast(eventOf(news));
    } catch (error) {
      this.failed(error);
    } finally {
      this.isLooking = false;
    }
  }

  private broadcast(text: string): void {
    for (const listener of this.listeners) listener.write(text);
  }
}

/** JSON has no line breaks, so it is one data line. */
const eventOf = (news: object): string => `data: ${JSON.stringify(news)}\n\n`;
