import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'

const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' }

export interface Site {
  readonly url: string
  /** What the page sends back. */
  readonly result: Promise<unknown>
  close(): void
}

/** Serves a folder on this machine with extra headers. */
export async function serve(folder: string, headers: Readonly<Record<string, string>>): Promise<Site> {
  let resolve: (result: unknown) => void
  const result = new Promise(settle => (resolve = settle))
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost')
    if (request.method === 'POST') {
      let body = ''
      request.on('data', chunk => (body += String(chunk)))
      request.on('end', () => {
        response.end()
        resolve(JSON.parse(body))
      })
      return
    }
    const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname
    try {
      const content = readFileSync(join(folder, path))
      response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream', ...headers })
      response.end(content)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as { port: number }
  const close = (): void => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://localhost:${port}/`, result, close }
}
