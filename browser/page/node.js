// Run by pages.long.test.ts: the same training in Node, with the built packages.
import { train } from './train.js'

console.log(JSON.stringify(await train()))
