#!/usr/bin/env node
import manifest from '../package.json' with { type: 'json' }
import { main } from './main.ts'
import { processTerminal } from './terminal.ts'

process.exitCode = await main(process.argv.slice(2), processTerminal(), manifest.version)
