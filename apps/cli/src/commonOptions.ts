import { Option } from 'commander'

/** Options that every command has. */
export const json = (): Option => new Option('--json', 'print one JSON document on standard output')
export const debug = (): Option => new Option('--debug', 'print the stack trace of an error')
