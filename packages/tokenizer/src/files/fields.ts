import { FormatError } from '../errors.ts'

/** Reads the fields of one object of a JSON file; whatever is not as expected is a `FormatError` with its path. */
export class Fields {
  readonly all: { readonly [field: string]: unknown }
  private readonly path: string
  private readonly file: string

  constructor(value: unknown, path: string, file: string) {
    this.path = path
    this.file = file
    if (!isObject(value)) throw new FormatError(`${file}: ${path || 'the file'} must be an object`, file, path)
    this.all = value
  }

  at(field: string): string {
    return this.path === '' ? field : `${this.path}.${field}`
  }

  error(field: string, message: string): FormatError {
    return new FormatError(`${this.file}: ${this.at(field)}: ${message}`, this.file, this.at(field))
  }

  /** The value of an own field; null counts as missing. */
  get(field: string): unknown {
    return Object.hasOwn(this.all, field) ? (this.all[field] ?? undefined) : undefined
  }

  has(field: string): boolean {
    return this.get(field) !== undefined
  }

  string(field: string): string {
    return this.required(field, this.optionalString(field), 'a string')
  }

  optionalString(field: string): string | undefined {
    const value = this.get(field)
    if (value === undefined || typeof value === 'string') return value
    throw this.error(field, 'must be a string')
  }

  number(field: string): number {
    return this.required(field, this.optionalNumber(field), 'a number')
  }

  optionalNumber(field: string): number | undefined {
    const value = this.get(field)
    if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return value
    throw this.error(field, 'must be a finite number')
  }

  boolean(field: string): boolean {
    return this.required(field, this.optionalBoolean(field), 'true or false')
  }

  optionalBoolean(field: string): boolean | undefined {
    const value = this.get(field)
    if (value === undefined || typeof value === 'boolean') return value
    throw this.error(field, 'must be true or false')
  }

  array(field: string): readonly unknown[] {
    const value = this.get(field)
    // A copy without holes: what is missing in a sparse array is then undefined like any other wrong value.
    if (Array.isArray(value)) return Array.from(value as unknown[])
    throw this.error(field, 'must be an array')
  }

  strings(field: string): string[] {
    return this.array(field).map((value, i) => {
      if (typeof value !== 'string') throw this.error(`${field}[${i}]`, 'must be a string')
      return value
    })
  }

  record(field: string): { readonly [key: string]: unknown } {
    const value = this.get(field)
    if (isObject(value)) return value
    throw this.error(field, 'must be an object')
  }

  object(field: string): Fields {
    return new Fields(this.get(field), this.at(field), this.file)
  }

  optionalObject(field: string): Fields | undefined {
    return this.has(field) ? this.object(field) : undefined
  }

  /** The objects of an array field. */
  objects(field: string): Fields[] {
    return this.array(field).map((value, i) => new Fields(value, this.at(`${field}[${i}]`), this.file))
  }

  /** The reader for the object's `type`; an unknown type is an error that names it. */
  dispatch<T>(kind: string, readers: ReadonlyMap<string, T>): T {
    const type = this.string('type')
    const reader = readers.get(type)
    if (reader !== undefined) return reader
    throw this.error('type', `there is no ${kind} ${JSON.stringify(type)}; known are ${[...readers.keys()].join(', ')}`)
  }

  private required<T>(field: string, value: T | undefined, kind: string): T {
    if (value === undefined) throw this.error(field, `is missing; it must be ${kind}`)
    return value
  }
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
