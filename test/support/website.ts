import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Somebody else's web server, on loopback: a page for each path, and who asked for what. */
export class Website {
  readonly pages = new Map<string, RequestListener>();
  readonly heard: { url: string; headers: IncomingHttpHeaders }[] = [];

  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {}

  static async start(): Promise<Website> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const site = new Website(`http://127.0.0.1:${port}`, server);
    server.on('request', (request, response) => {
      const { url = '', headers } = request;
      site.heard.push({ url, headers });
      const page = site.pages.get(url);
      if (page) page(request, response);
      else response.writeHead(404).end();
    });
    return site;
  }

  /** Serves this as HTML from now on. */
  html(path: string, body: string): void {
    this.pages.set(path, (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(body);
    });
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
