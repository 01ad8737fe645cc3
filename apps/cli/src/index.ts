#!/usr/bin/env node
import { Command } from 'commander'

const program = new Command('wids').description('Train transformers and generate text')
program.command('train').description('train a model')
await program.parseAsync()
