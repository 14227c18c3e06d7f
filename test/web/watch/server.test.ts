import { copyFileSync, mkdtempSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { get, request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.js';
import { sampleFile } from '../../../src/runs/run-folder.js';
import { startWatchServer, type WatchServer } from '../../../src/web/watch/server.js';
import { rowsTo, writeRun } from '../run-fixture.js';

let folder: string;
let run: string;
let server: WatchServer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gan-mnist-watch-'));
  run = writeRun(join(folder, '00001-dense'), rowsTo(2));
  server = await startWatchServer(run, 0);
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
  new Promise<Record<string, unknown>>((resolve, reject) => {
    const asked = get(url, (response) => {
      response.once('data', (part: Buffer) => {
        asked.destroy();
        resolve(JSON.parse(/^data: (.*)$/m.exec(part.toString())![1]) as Record<string, unknown>);
      });
    });
    asked.on('error', reject);
  });

describe('startWatchServer', () => {
  it('serves the page, the charts’ code and the samples', async () => {
    expect(server.url).toBe(`http://127.0.0.1:${server.port}/`);
    expect((await ask('/')).body.toString()).toContain('<h1>00001-dense</h1>');
    expect((await ask('/echarts.js')).type).toContain('text/javascript');
    const png = await ask('/samples/2?epochs=2');
    expect([png.status, png.type]).toEqual([200, 'image/png']);
    expect(png.body.subarray(1, 4).toString()).toBe('PNG');
    expect((await ask('/samples/3')).status).toBe(404);
  });

  it('begins its events with the state of the run', async () => {
    const state = await firstEvent(`${server.url}events`);
    expect(state).toMatchObject({ epoch: 2, epochs: 12, sampled: 2 });
  });

  it('serves nothing else, inside the run or outside of it', async () => {
    for (const path of [
      '/options.json',
      '/samples/epoch-0001.png',
      '/samples/../options.json',
      '/samples/%2e%2e/options.json',
      '/samples/1/../../../x',
      '/samples/0001',
      '/../../../etc/passwd',
      '/..%2f..%2fetc/passwd',
      '//etc/passwd',
      '/samples/1%00',
    ])
      expect([path, (await ask(path)).status]).toEqual([path, 404]);
  });

  it('follows no link out of the run', async () => {
    const outside = join(folder, 'outside.png');
    copyFileSync(join(run, sampleFile(1)), outside);
    unlinkSync(join(run, sampleFile(1)));
    symlinkSync(outside, join(run, sampleFile(1)));
    expect((await ask('/samples/1')).status).toBe(404);
    expect((await ask('/samples/2')).status).toBe(200);
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
    const second = startWatchServer(run, server.port);
    await expect(second).rejects.toThrow(UserError);
    await expect(second).rejects.toThrow(`--port: found ${server.port} in use by another program`);
    expect(timers()).toBe(before);
  });

  it('tells of a run that is gone', async () => {
    rmSync(run, { recursive: true });
    const { problem } = await firstEvent(`${server.url}events`);
    expect(problem).toBe(`${run} is gone: it was deleted or moved`);
  });
});
