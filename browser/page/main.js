// The page: trains, and sends what it saw to the server that it came from.
import { setWorkerUrl } from '@wids/tensor'
import { train } from './train.js'

const notes = []
for (const level of ['log', 'info', 'warn', 'error']) console[level] = (...texts) => notes.push(texts.join(' '))
const workers = { made: 0, answers: 0 }
if (globalThis.Worker !== undefined)
  globalThis.Worker = class extends Worker {
    constructor(...args) {
      super(...args)
      workers.made++
      this.addEventListener('message', () => workers.answers++)
    }
  }

const send = result => fetch('/result', { method: 'POST', body: JSON.stringify(result) })
const failed = error => void send({ error: String(error?.stack ?? error?.message ?? error) })
addEventListener('error', failed)
addEventListener('unhandledrejection', event => failed(event.reason))

const script = new URLSearchParams(location.search).get('worker')
if (script !== null) setWorkerUrl(script)
train().then(trained => send({ trained, notes, workers, isolated: crossOriginIsolated }), failed)
