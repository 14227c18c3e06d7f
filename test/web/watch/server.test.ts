import { copyFileSync, mkdtempSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { get, request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.js';
import { GRID_FILES, sampleFile } from '../../../src/runs/run-folder.js';
import type { WatchNews } from '../../../src/web/watch/news.js';
import { startWatchServer, type WatchServer } from '../../../src/web/watch/server.js';
import { rowsTo, writeRun } from '../run-fixture.js';

let folder: string;
let run: string;
let server: WatchServer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gan-mnist-watch-'));
  run = writeRun(join(folder, '00001-dense'), rowsTo(2));
  server = await startWatchServer({ find: () => run, port: 0 });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

function ask(path: string, options: { method?: string; host?: string } = {}) {
  const { method = 'GET', host } = options;
  return new Promise<{ status: number; type: string; body: Buffer }>((resolve, reject) => {
    const headers = host === undefined ? {} : { Host: host };
    const asked = request(
      { host: '127.0.0.1', port: server.port, path, method, headers },
      (response: IncomingMessage) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            type: response.headers['content-type'] ?? '',
            body: Buffer.concat(parts),
          }),
        );
      },
    );
    asked.on('error', reject).end();
  });
}

const firstEvent = (url: string) =>
  new Promise<WatchNews>((resolve, reject) => {
    const asked = get(url, (response) => {
      response.once('data', (part: Buffer) => {
        asked.destroy();
        resolve(JSON.parse(/^data: (.*)$/m.exec(part.toString())![1]) as WatchNews);
      });
    });
    asked.on('error', reject);
  });

describe('startWatchServer', () => {
  it('serves the page and the pictures', async () => {
    expect(server.url).toBe(`http://127.0.0.1:${server.port}/`);
    expect((await ask('/')).body.toString()).toContain('data-events="events"');
    const png = await ask('/pictures/00001-dense/0/2?x');
    expect([png.status, png.type]).toEqual([200, 'image/png']);
    expect(png.body.subarray(1, 4).toString()).toBe('PNG');
    copyFileSync(join(run, sampleFile(1)), join(run, GRID_FILES.real));
    expect((await ask('/pictures/00001-dense/0/real')).status).toBe(200);
    expect((await ask('/pictures/00001-dense/0/3')).status).toBe(404);
    expect((await ask('/pictures/00001-dense/1/2')).status).toBe(404);
    expect((await ask('/pictures/00002-dense/0/2')).status).toBe(404);
  });

  it('begins its events with the run as it is', async () => {
    const { title, sections } = await firstEvent(`${server.url}events`);
    expect(title).toBe('00001-dense - gan-mnist watch');
    expect(sections.status).toMatch(
      /<b>Interrupted<\/b>\s*<span>epoch 2 of 12; gan-mnist train --resume goes on/,
    );
    expect(sections.pictures).toContain('src="pictures/00001-dense/0/2"');
    expect(sections.verdict).toContain('class="headline');
    expect(sections.curves).toContain('id="chart-losses"');
  });

  it('serves nothing else, inside the run or outside of it', async () => {
    for (const path of [
      '/options.json',
      '/pictures/00001-dense/0/epoch-0001.png',
      '/pictures/00001-dense/0/../options.json',
      '/pictures/00001-dense/%2e%2e/options.json',
      '/pictures/../00001-dense/0/1',
      '/pictures/00001-dense/0/0001',
      '/pictures/00001-dense/00/1',
      '/../../../etc/passwd',
      '/..%2f..%2fetc/passwd',
      '//etc/passwd',
      '/pictures/00001-dense/0/1%00',
    ])
      expect([path, (await ask(path)).status]).toEqual([path, 404]);
  });

  it('follows no link out of the run', async () => {
    const outside = join(folder, 'outside.png');
    copyFileSync(join(run, sampleFile(1)), outside);
    unlinkSync(join(run, sampleFile(1)));
    symlinkSync(outside, join(run, sampleFile(1)));
    expect((await ask('/pictures/00001-dense/0/1')).status).toBe(404);
    expect((await ask('/pictures/00001-dense/0/2')).status).toBe(200);
  });

  it('refuses who takes it for another host, and what is no question', async () => {
    for (const host of [
      'example.com',
      `example.com:${server.port}`,
      '127.0.0.1.example.com',
      '0.0.0.0',
    ])
      expect([host, (await ask('/', { host })).status]).toEqual([host, 403]);
    for (const host of ['localhost', `localhost:${server.port}`, '127.0.0.1', '[::1]:80'])
      expect([host, (await ask('/', { host })).status]).toEqual([host, 200]);
    expect((await ask('/', { method: 'POST' })).status).toBe(405);
    expect((await ask('/', { method: 'HEAD' })).body.length).toBe(0);
  });

  it('survives what is no HTTP', async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () =>
        socket.write('\x00\x01 nonsense\r\n\r\n'),
      );
      socket.on('data', () => {}).on('close', () => resolve());
    });
    expect((await ask('/')).status).toBe(200);
  });

  it('says when the port is in use, and leaves nothing that keeps the process alive', async () => {
    const timers = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const second = startWatchServer({ find: () => run, port: server.port });
    await expect(second).rejects.toThrow(UserError);
    await expect(second).rejects.toThrow(`--port: found ${server.port} in use by another program`);
    expect(timers()).toBe(before);
  });

  it('tells of a run that is gone', async () => {
    rmSync(run, { recursive: true });
    const { sections } = await firstEvent(`${server.url}events`);
    expect(sections.status).toContain(`${run} is gone: it was deleted or moved`);
  });
});

describe('a server for other machines too', () => {
  let open: WatchServer;
  beforeEach(async () => {
    open = await startWatchServer({ find: () => run, port: 0, host: '0.0.0.0' });
  });
  afterEach(() => open.close());

  const askOpen = async (path: string): Promise<number> =>
    (await fetch(`http://127.0.0.1:${open.port}${path}`)).status;

  it('has a secret in its address, without which it says nothing', async () => {
    const [, token] = /^http:\/\/[^/]+\/([0-9a-f]{32})\/$/.exec(open.url)!;
    expect(await askOpen(`/${token}/`)).toBe(200);
    // Messengers take the stroke at an address's end for none of it.
    expect(await askOpen(`/${token}`)).toBe(200);
    expect(await askOpen(`/${token}/pictures/00001-dense/0/1`)).toBe(200);
    const other = token.replace(/./, (first) => (first === '0' ? '1' : '0'));
    for (const path of ['/', '/events', '/pictures/00001-dense/0/1', `/${other}/`, `/${other}`])
      expect([path, await askOpen(path)]).toEqual([path, 404]);
  });

  it('has another secret each time', async () => {
    const again = await startWatchServer({ find: () => run, port: 0, host: '0.0.0.0' });
    await again.close();
    expect(new URL(again.url).pathname).not.toBe(new URL(open.url).pathname);
  });

  it('is refused at an address that is none of this machine', async () => {
    const elsewhere = startWatchServer({ find: () => run, port: 0, host: '192.0.2.1' });
    await expect(elsewhere).rejects.toThrow(
      '--host: found 192.0.2.1, which is no address of this machine, expected one, or 0.0.0.0 for all',
    );
  });
});
