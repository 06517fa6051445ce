/** A real HTTP server for specs that need a daemon: it answers what the spec tells it to, and remembers what it was asked. */

import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answer = (asked: Asked, response: ServerResponse) => void;

export class DaemonDouble {
  readonly asked: Asked[] = [];
  #answer: Answer;
  #server: Server | null = null;
  #port = 0;

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  get address(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  answer(answer: Answer): void {
    this.#answer = answer;
  }

  /** Listens, again on the port of the first time. */
  async start(): Promise<void> {
    const server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const asked = { method, path: url, headers, body: Buffer.concat(pieces).toString() };
        this.asked.push(asked);
        // Specs in jsdom ask from another origin than a page that the daemon served.
        response.setHeader('Access-Control-Allow-Origin', '*');
        response.setHeader('Access-Control-Allow-Headers', '*');
        response.setHeader('Access-Control-Allow-Methods', '*');
        this.#answer(asked, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Cuts every connection, as a killed daemon does. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}
